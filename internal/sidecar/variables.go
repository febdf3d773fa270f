package sidecar

import "time"

// variable is one environment variable. The help and the reference are made of the table.
type variable struct {
	Name    string
	Group   string // of the rows before it, if empty
	Default string // as it would be written; "" for none
	Meaning string // Markdown: what it does, in sentences
	Ours    bool   // kiwigrid/k8s-sidecar does not have it
	Differs string // how it differs from kiwigrid/k8s-sidecar 2.10, if it does
	set     setter
}

// variables are all there are, in the order they are shown.
var variables = []variable{
	{Group: "What is collected", Name: "LABEL", Meaning: "The label of the ConfigMaps and Secrets to collect. Required. Set and empty is every object. Any label selector will do, as `team in (a,b),!draft`, while LABEL_VALUE is empty.",
		Differs: "not set is exit code 1 instead of 0", set: whenSet(func(c *Config) **string { return &c.label })},
	{Name: "LABEL_VALUE", Meaning: "The value the label must have. Empty: any value.", set: text(func(c *Config) *string { return &c.labelValue })},
	{Name: "NAMESPACE", Meaning: "Namespaces, separated by commas. `ALL`, or set and empty, is every namespace. Not set: the pod's own.",
		Differs: "spaces around commas do not count; the pod's own namespace is looked up only when it is needed", set: setNamespaces},
	{Name: "RESOURCE", Default: "configmap", Meaning: "`configmap`, `secret` or `both`.", set: setResources},
	{Name: "RESOURCE_NAME", Meaning: "Objects to fetch by name instead of by label: `name`, `configmap/name` or `namespace/secret/name`, separated by commas. They are fetched every SLEEP_TIME. A kind to which no name belongs is still selected by label. With `NAMESPACE=ALL` it does not count.",
		set: setNames},

	{Group: "How the API server is asked", Name: "METHOD", Meaning: "`LIST` makes one pass and ends; `SLEEP` makes one every SLEEP_TIME; anything else watches.", set: setMethod},
	{Name: "SLEEP_TIME", Default: "60", Meaning: "Seconds between two passes of `METHOD=SLEEP` and of RESOURCE_NAME.", Differs: "fractions are allowed", set: atLeast(time.Second/10, func(c *Config) *time.Duration { return &c.sleep })},
	{Name: "ERROR_THROTTLE_SLEEP", Default: "5", Meaning: "The longest pause in seconds before the API server is asked again after an error, or a file that could not be written is tried again. Pauses start shorter and double.",
		Differs: "the pause is the longest, not each one", set: atLeast(time.Second/10, func(c *Config) *time.Duration { return &c.throttle })},
	{Name: "WATCH_SERVER_TIMEOUT", Default: "60", Meaning: "Seconds after which the API server ends a watch, which is then resumed. At the same interval files that somebody else changed are put right, and URLs are fetched again.",
		Differs: "a watch is resumed where it was, instead of reading everything again", set: atLeast(time.Second, func(c *Config) *time.Duration { return &c.serverTimeout })},
	{Name: "WATCH_CLIENT_TIMEOUT", Default: "66", Meaning: "Seconds for which a connection may be silent before it counts as lost.", Differs: "it works when it is set", set: atLeast(time.Second, func(c *Config) *time.Duration { return &c.clientTimeout })},
	{Name: "IGNORE_ALREADY_PROCESSED", Default: "false", Meaning: "`true`: files that somebody else changed are left alone, and URLs are fetched again only when their object changes. Objects that did not change are never processed again in any case.",
		set: yes(func(c *Config) *bool { return &c.ignoreProcessed })},
	{Name: "EXPAND", Ours: true, Default: "false", Meaning: "`true`: values of `binaryData` and Secrets whose key ends in `.gz` or `.zst` are expanded, and the file is named without that suffix.", set: yes(func(c *Config) *bool { return &c.expand })},
	{Name: "KUBECONFIG", Meaning: "The kubeconfig to use if the file exists (one path). Not set: `~/.kube/config`. Otherwise the pod's service account is used.", set: text(func(c *Config) *string { return &c.kubeconfig })},
	{Name: "SKIP_TLS_VERIFY", Default: "false", Meaning: "Exactly `true`: any certificate of the API server is believed.", set: exactly(func(c *Config) *bool { return &c.skipTLSVerify })},
	{Name: "DISABLE_X509_STRICT_VERIFICATION", Default: "false", Meaning: "Accepted, and without effect: the checks it turns off are not made here.", Differs: "without effect", set: ignored},

	{Group: "Where files go", Name: "FOLDER", Meaning: "The directory the files are put in. Required. It is made when it is missing.", Differs: "not set is exit code 1 instead of 0", set: text(func(c *Config) *string { return &c.folder })},
	{Name: "FOLDER_ANNOTATION", Default: "", Meaning: "The annotation with which an object names a directory of its own: relative to FOLDER, or absolute. Not set: `k8s-sidecar-target-directory`.", set: whenSet(func(c *Config) **string { return &c.annotation })},
	{Name: "FOLDER_PER_NAMESPACE", Default: "false", Meaning: "`true`: files go to FOLDER/*namespace*, and relative directories of the annotation are below that.", Differs: "of upstream 2.11", set: yes(func(c *Config) *bool { return &c.folderPerNamespace })},
	{Name: "UNIQUE_FILENAMES", Default: "false", Meaning: "`true`: files are named `namespace_`*ns*`.configmap_`*name*`.`*key* (or `secret_`), so that no two objects claim one.", set: yes(func(c *Config) *bool { return &c.uniqueFilenames })},
	{Name: "DEFAULT_FILE_MODE", Meaning: "Mode of the files in octal digits, as `440`. Not set: 666 less the umask.", Differs: "modes without the right to write work for updates too", set: setMode},
	{Name: "ALLOWED_FOLDERS", Ours: true, Meaning: "Absolute directories, separated by commas, in which files may be put besides FOLDER. Set and empty: FOLDER alone. Not set, as upstream: any absolute directory; relative ones that leave FOLDER (`../`) are refused.",
		set: folders(func(c *Config) **[]string { return &c.allowedFolders })},
	{Name: "INDEX_FILE", Ours: true, Meaning: "Where the index of the files is kept. Not set: `perseid.index` in FOLDER.", set: text(func(c *Config) *string { return &c.index })},
	{Name: "STAGING_FOLDER", Ours: true, Meaning: "An existing directory on the file system of FOLDER for files that are being written, so that they have no name in FOLDER at any moment. Not set: FOLDER.", set: text(func(c *Config) *string { return &c.stage })},

	{Group: "Values that are URLs (keys that end in .url)", Name: "ALLOWED_URLS", Ours: true, Meaning: "Beginnings of URLs, separated by commas, that may be fetched, redirects included: `https://grafana.com/api/`. Set and empty: none. Not set, as upstream: every one.",
		set: list(func(c *Config) **[]string { return &c.allowedURLs })},

	{Group: "What is called after a change", Name: "SCRIPT", Meaning: "A program to run after each object that changed a file, before REQ_URL. One that is not executable is given to `sh`. Files go on being delivered while it runs.",
		Differs: "it does not hold up files", set: text(func(c *Config) *string { return &c.script })},
	{Name: "SCRIPT_TIMEOUT", Ours: true, Default: "0", Meaning: "Seconds after which SCRIPT is ended. 0: never.", set: seconds(func(c *Config) *time.Duration { return &c.scriptTimeout })},
	{Name: "HOOK_DEBOUNCE", Ours: true, Default: "0", Meaning: "Seconds of quiet to wait for before SCRIPT and REQ_URL are called, once for all changes; ten times as long at most. 0: once for each object.", set: seconds(func(c *Config) *time.Duration { return &c.debounce })},
	{Name: "REQ_URL", Meaning: "A URL to call after each object that changed a file.", set: text(func(c *Config) *string { return &c.request.url })},
	{Name: "REQ_METHOD", Default: "GET", Meaning: "`GET` or `POST`.", set: text(func(c *Config) *string { return &c.request.method })},
	{Name: "REQ_PAYLOAD", Meaning: "The body of a POST: JSON, or a text that is sent as a JSON string.", set: text(func(c *Config) *string { return &c.request.payload })},
	{Name: "REQ_SKIP_INIT", Default: "false", Meaning: "`true`: what is found at the start does not call REQ_URL (it does run SCRIPT). Not with `METHOD=LIST`.", set: yes(func(c *Config) *bool { return &c.request.skipInit })},

	{Group: "How requests are made (REQ_URL and .url)", Name: "REQ_TIMEOUT", Default: "10", Meaning: "Seconds a request may take to connect, and to be answered.", set: atLeast(time.Second/100, func(c *Config) *time.Duration { return &c.request.timeout })},
	{Name: "REQ_RETRY_TOTAL", Default: "5", Meaning: "How often a request is tried again at most.", set: count(func(c *Config) *int { return &c.request.total })},
	{Name: "REQ_RETRY_CONNECT", Default: "10", Meaning: "How often it is tried again because there was no connection.", set: count(func(c *Config) *int { return &c.request.connect })},
	{Name: "REQ_RETRY_READ", Default: "5", Meaning: "How often it is tried again because there was no answer.", set: count(func(c *Config) *int { return &c.request.read })},
	{Name: "REQ_RETRY_BACKOFF_FACTOR", Default: "1.1", Meaning: "The second retry waits twice as many seconds, each further one twice as long as the one before; the first does not wait.", set: setBackoff},
	{Name: "REQ_USERNAME", Meaning: "User of HTTP basic authentication, with REQ_PASSWORD. It is sent to REQ_URL **and to every URL of a `.url` value**: set ALLOWED_URLS.", set: text(func(c *Config) *string { return &c.request.user })},
	{Name: "REQ_PASSWORD", Meaning: "Its password.", set: text(func(c *Config) *string { return &c.request.password })},
	{Name: "REQ_USERNAME_FILE", Meaning: "A file with the user, read for every request. `--req-username-file` goes before it.", set: text(func(c *Config) *string { return &c.request.userFile })},
	{Name: "REQ_PASSWORD_FILE", Meaning: "A file with the password. `--req-password-file` goes before it.", set: text(func(c *Config) *string { return &c.request.passwordFile })},
	{Name: "REQ_BASIC_AUTH_ENCODING", Default: "latin1", Meaning: "How user and password become bytes: `latin1`, `utf-8` or `ascii`.", Differs: "no other encodings", set: setEncoding},
	{Name: "REQ_SKIP_TLS_VERIFY", Default: "false", Meaning: "Exactly `true`: any certificate is believed.", set: exactly(func(c *Config) *bool { return &c.request.skipTLSVerify })},
	{Name: "ENABLE_5XX", Default: "false", Meaning: "`true`: answers 500, 502, 503 and 504 are not tried again.", set: yes(func(c *Config) *bool { return &c.request.enable5xx })},

	{Group: "Health and log", Name: "HEALTH_PORT", Default: "8080", Meaning: "Port of `/healthz` and `/metrics`.", set: setPort},
	{Name: "HEALTH_HOST", Meaning: "Address it listens on. Not set: all, IPv4 and IPv6.", set: text(func(c *Config) *string { return &c.healthHost })},
	{Name: "K8S_CONTACT_THRESHOLD_SECONDS", Meaning: "Seconds without a word from the API server, on any stream, after which `/healthz` answers 503. Not set: twice WATCH_SERVER_TIMEOUT, or SLEEP_TIME.", Differs: "of upstream 2.11", set: seconds(func(c *Config) *time.Duration { return &c.threshold })},
	{Name: "LOG_LEVEL", Default: "INFO", Meaning: "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`. No level logs contents of objects.", set: setLogLevel},
	{Name: "LOG_FORMAT", Default: "JSON", Meaning: "`JSON` or `LOGFMT`.", set: setLogFormat},
	{Name: "LOG_TZ", Default: "LOCAL", Meaning: "`LOCAL` or `UTC`.", set: setZone},
	{Name: "LOG_CONFIG", Meaning: "Refused: it is a logging configuration of Python.", Differs: "refused", set: text(func(c *Config) *string { return &c.logConfig })},
}

func ignored(*Config, string) error { return nil }
