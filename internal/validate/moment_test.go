package validate

import "testing"

func TestCreate(t *testing.T) {
	tests := []struct {
		name, kind, document string
		spec                 string
		want                 []string
	}{
		{"variable", "Variable", "my-var", `{"kind":"TextVariable","spec":{"value":"x"}}`, nil},
		{"name of a variable", "Variable", "a-b-c", `{"kind":"TextVariable","spec":{"value":"x"}}`,
			[]string{"metadata.name: variable name 'a-b-c' is not valid"}},
		{"global variables are free", "GlobalVariable", "a-b-c", `{"kind":"TextVariable","spec":{"value":"x"}}`, nil},
		{"user", "User", "u", `{"nativeProvider":{"password":"p"}}`, nil},
		{"user without a password", "User", "u", `{}`, []string{"spec.nativeProvider.password: password cannot be empty"}},
		{"project", "Project", "p", `{}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := decode(t, test.kind, test.spec)
			r.Metadata.Name = test.document
			wantProblems(t, Create(r), test.want)
		})
	}
}

func TestUpdate(t *testing.T) {
	binding := func(role, user string) string {
		return `{"role":"` + role + `","subjects":[{"kind":"User","name":"` + user + `"}]}`
	}
	for _, kind := range []string{"RoleBinding", "GlobalRoleBinding"} {
		old := decode(t, kind, binding("viewer", "alice"))
		wantProblems(t, Update(old, decode(t, kind, binding("viewer", "bob"))), nil)
		wantProblems(t, Update(old, decode(t, kind, binding("owner", "alice"))), []string{"spec.role: spec.role can't be updated"})
	}
	wantProblems(t, Update(decode(t, "Folder", `{}`), decode(t, "Folder", `{"items":[{"kind":"Dashboard","name":"a"}]}`)), nil)
}

func TestLocal(t *testing.T) {
	const noDatasource = "spec.datasources: local datasource cannot be used as it has been disabled in the configuration"
	const noVariable = "spec.variables: local variable cannot be used as it has been disabled in the configuration"
	both := `{"datasources":{"a":{"default":false,"plugin":{"kind":"K"}}},"variables":[` + text("a", "x") + `]}`
	tests := []struct {
		name, kind, spec        string
		noDatasource, noVarible bool
		want                    []string
	}{
		{"allowed", "Dashboard", both, false, false, nil},
		{"no datasources", "Dashboard", both, true, false, []string{noDatasource}},
		{"no variables", "Dashboard", both, false, true, []string{noVariable}},
		{"neither", "Dashboard", both, true, true, []string{noDatasource, noVariable}},
		{"none there", "Dashboard", `{"datasources":{},"variables":[]}`, true, true, nil},
		{"ephemeral", "EphemeralDashboard", `{"ttl":"1d",` + both[1:], true, true, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantProblems(t, Local(decode(t, test.kind, test.spec), test.noDatasource, test.noVarible), test.want)
		})
	}
}
