package config

// Security is the key "security".
type Security struct {
	ReadOnly          bool           `json:"readonly"`
	Cookie            Cookie         `json:"cookie"`
	EncryptionKey     Secret         `json:"encryption_key,omitempty"`
	EncryptionKeyFile string         `json:"encryption_key_file,omitempty"`
	EnableAuth        bool           `json:"enable_auth"`
	Authorization     Authorization  `json:"authorization"`
	Authentication    Authentication `json:"authentication"`
	CORS              CORS           `json:"cors"`
}

// Cookie says how session cookies are marked.
type Cookie struct {
	SameSite SameSite `json:"same_site"`
	Secure   bool     `json:"secure"`
}

func (c *Cookie) setDefaults() { c.SameSite = "lax" }

// CORS is what browsers on other origins may do.
type CORS struct {
	Enable           bool     `json:"enable"`
	AllowOrigins     []string `json:"allow_origins,omitempty"`
	AllowMethods     []string `json:"allow_methods,omitempty"`
	AllowHeaders     []string `json:"allow_headers,omitempty"`
	AllowCredentials bool     `json:"allow_credentials,omitempty"`
	ExposeHeaders    []string `json:"expose_headers,omitempty"`
	MaxAge           int      `json:"max_age,omitempty"` // seconds
}

// Authorization says who may do what.
type Authorization struct {
	CheckLatestUpdateInterval Duration               `json:"check_latest_update_interval,omitempty"`
	GuestPermissions          []Permission           `json:"guest_permissions,omitempty"`
	Provider                  *AuthorizationProvider `json:"provider,omitempty"`
}

// AuthorizationProvider holds at most one provider.
type AuthorizationProvider struct {
	Native     *NativeAuthorization     `json:"native,omitempty"`
	Kubernetes *KubernetesAuthorization `json:"kubernetes,omitempty"`
}

// NativeAuthorization is Perses' own roles and bindings.
type NativeAuthorization struct {
	Enable                    bool         `json:"enable"`
	CheckLatestUpdateInterval Duration     `json:"check_latest_update_interval"`
	GuestPermissions          []Permission `json:"guest_permissions,omitempty"`
}

func (n *NativeAuthorization) setDefaults() { n.CheckLatestUpdateInterval = 30 * second }

// KubernetesAuthorization asks the cluster.
type KubernetesAuthorization struct {
	Enable             bool     `json:"enable"`
	Kubeconfig         string   `json:"kubeconfig,omitempty"`
	QPS                int      `json:"qps"`
	Burst              int      `json:"burst"`
	AuthorizerAllowTTL Duration `json:"authorizer_allow_ttl"`
	AuthorizerDenyTTL  Duration `json:"authorizer_deny_ttl"`
	AuthenticatorTTL   Duration `json:"authenticator_ttl"`
}

func (k *KubernetesAuthorization) setDefaults() {
	k.QPS, k.Burst = 500, 1000
	k.AuthorizerAllowTTL, k.AuthorizerDenyTTL, k.AuthenticatorTTL = 5*minute, 30*second, 2*minute
}

// Permission is what guests may do.
type Permission struct {
	Actions []string `json:"actions"`
	Scopes  []string `json:"scopes"`
}

// Authentication says how people sign in.
type Authentication struct {
	AccessTokenTTL  Duration  `json:"access_token_ttl"`
	RefreshTokenTTL Duration  `json:"refresh_token_ttl"`
	DisableSignUp   bool      `json:"disable_sign_up"`
	Providers       Providers `json:"providers"`
}

func (a *Authentication) setDefaults() { a.AccessTokenTTL, a.RefreshTokenTTL = 15*minute, day }

// Providers are the ways to sign in.
type Providers struct {
	EnableNative bool                      `json:"enable_native"`
	OAuth        []OAuthProvider           `json:"oauth,omitempty"`
	OIDC         []OIDCProvider            `json:"oidc,omitempty"`
	Kubernetes   *KubernetesAuthentication `json:"kubernetes,omitempty"`
}

// KubernetesAuthentication takes the tokens of a cluster.
type KubernetesAuthentication struct {
	Enable bool `json:"enable"`
}

// Provider is what OAuth and OIDC providers have in common.
type Provider struct {
	SlugID            string       `json:"slug_id"`
	Name              string       `json:"name"`
	ClientID          Secret       `json:"client_id,omitempty"`
	ClientSecret      Secret       `json:"client_secret,omitempty"`
	ClientSecretFile  string       `json:"client_secret_file,omitempty"`
	DeviceCode        *Credentials `json:"device_code,omitempty"`
	ClientCredentials *Credentials `json:"client_credentials,omitempty"`
	RedirectURI       string       `json:"redirect_uri,omitempty"`
	Scopes            []string     `json:"scopes,omitempty"`
	HTTP              *HTTPClient  `json:"http,omitempty"`
}

// Credentials are those of one way to get a token.
type Credentials struct {
	ClientID         Secret   `json:"client_id,omitempty"`
	ClientSecret     Secret   `json:"client_secret,omitempty"`
	ClientSecretFile string   `json:"client_secret_file,omitempty"`
	Scopes           []string `json:"scopes,omitempty"`
}

// HTTPClient is how a provider is reached.
type HTTPClient struct {
	Timeout   Duration `json:"timeout"`
	TLSConfig Opaque   `json:"tls_config,omitzero"`
}

func (h *HTTPClient) setDefaults() { h.Timeout = minute }

// OAuthProvider is a provider whose endpoints are all given.
type OAuthProvider struct {
	Provider
	AuthURL             string `json:"auth_url,omitempty"`
	TokenURL            string `json:"token_url,omitempty"`
	UserInfosURL        string `json:"user_infos_url,omitempty"`
	DeviceAuthURL       string `json:"device_auth_url,omitempty"`
	CustomLoginProperty string `json:"custom_login_property,omitempty"`
}

// OIDCProvider is a provider that tells its endpoints.
type OIDCProvider struct {
	Provider
	Issuer       string            `json:"issuer,omitempty"`
	DiscoveryURL string            `json:"discovery_url,omitempty"`
	URLParams    map[string]string `json:"url_params,omitempty"`
	DisablePKCE  bool              `json:"disable_pkce"`
	Logout       *Logout           `json:"logout,omitempty"`
}

// Logout is how a provider ends its session.
type Logout struct {
	Enabled                 bool   `json:"enabled"`
	LogoutRedirectParamName string `json:"logout_redirect_param_name,omitempty"`
}
