package api

import (
	"net/http"
	"strconv"
	"strings"
)

// origin tells a browser whether a page of another origin may read the answer. A nil CORS tells nothing, which means no.
func (c *CORS) origin(w http.ResponseWriter, r *http.Request) {
	if c == nil {
		return
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	allowed := c.allowed(r.Header.Get("Origin"))
	if allowed == "" {
		return
	}
	h.Set("Access-Control-Allow-Origin", allowed)
	if c.AllowCredentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if len(c.ExposeHeaders) > 0 && r.Method != http.MethodOptions {
		h.Set("Access-Control-Expose-Headers", strings.Join(c.ExposeHeaders, ","))
	}
}

// Allows says whether a page of an origin may ask. A nil CORS allows none.
func (c *CORS) Allows(origin string) bool { return c != nil && c.allowed(origin) != "" }

// preflight tells which methods and headers a page may use. It says nothing where origin found that the page may not.
func (c *CORS) preflight(w http.ResponseWriter, r *http.Request, allow string) {
	h := w.Header()
	if c == nil || h.Get("Access-Control-Allow-Origin") == "" {
		return
	}
	h.Add("Vary", "Access-Control-Request-Method")
	h.Add("Vary", "Access-Control-Request-Headers")
	if len(c.AllowMethods) > 0 {
		allow = strings.Join(c.AllowMethods, ",")
	}
	h.Set("Access-Control-Allow-Methods", allow)
	headers := r.Header.Get("Access-Control-Request-Headers")
	if len(c.AllowHeaders) > 0 {
		headers = strings.Join(c.AllowHeaders, ",")
	}
	if headers != "" {
		h.Set("Access-Control-Allow-Headers", headers)
	}
	if c.MaxAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(c.MaxAge))
	}
}

// allowed is what Access-Control-Allow-Origin says to an origin; empty for nothing. An origin of the configuration may hold one
// star, for a part of a host name. The star alone is answered as a star, which browsers refuse together with credentials.
func (c *CORS) allowed(origin string) string {
	if origin == "" {
		return ""
	}
	if len(c.AllowOrigins) == 0 {
		return "*"
	}
	for _, pattern := range c.AllowOrigins {
		if pattern == "*" {
			return "*"
		}
		if matchOrigin(pattern, origin) {
			return origin
		}
	}
	return ""
}

func matchOrigin(pattern, origin string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return strings.EqualFold(pattern, origin)
	}
	middle, ok := strings.CutPrefix(origin, before)
	if !ok {
		return false
	}
	middle, ok = strings.CutSuffix(middle, after)
	return ok && middle != "" && !strings.ContainsAny(middle, "/@:?#")
}
