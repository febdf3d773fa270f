package config

import (
	"reflect"
	"strings"
)

// field is one key of a struct of the schema.
type field struct {
	key   string
	value reflect.Value
}

// fieldsOf lists the keys of an addressable struct in order; embedded structs count as their fields.
func fieldsOf(v reflect.Value) []field {
	var fields []field
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch key, _, _ := strings.Cut(f.Tag.Get("json"), ","); {
		case f.Anonymous:
			fields = append(fields, fieldsOf(v.Field(i))...)
		case key != "":
			fields = append(fields, field{key, v.Field(i)})
		}
	}
	return fields
}

func keysOf(v reflect.Value) []string {
	var keys []string
	for _, f := range fieldsOf(v) {
		keys = append(keys, f.key)
	}
	return keys
}

func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	for _, f := range fieldsOf(v) {
		if f.key == key {
			return f.value, true
		}
	}
	return reflect.Value{}, false
}

// setDefaults lets every struct that is there set its defaults, parents first.
func setDefaults(v reflect.Value) {
	if d, ok := v.Addr().Interface().(interface{ setDefaults() }); ok {
		d.setDefaults()
	}
	if v.Kind() != reflect.Struct {
		return
	}
	for _, f := range fieldsOf(v) {
		if f.value.Kind() == reflect.Struct {
			setDefaults(f.value)
		}
	}
}

// allocate makes a pointer point at a value with its defaults, unless it points at one.
func allocate(v reflect.Value) reflect.Value {
	if v.IsNil() {
		v.Set(reflect.New(v.Type().Elem()))
		setDefaults(v.Elem())
	}
	return v.Elem()
}

// grow adds one element with its defaults to a slice.
func grow(v reflect.Value) reflect.Value {
	v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	last := v.Index(v.Len() - 1)
	setDefaults(last)
	return last
}

// orNew gives a pointer something with its defaults to point at.
func orNew[T any](p *T) *T {
	return allocate(reflect.ValueOf(&p).Elem()).Addr().Interface().(*T)
}
