package config

// Verdict is what this version makes of a setting (DELIVERY R28).
type Verdict string

// The verdicts.
const (
	Served  Verdict = "served"  // does what it says
	Idle    Verdict = "idle"    // belongs to something that is off in this version, so it changes nothing
	Ignored Verdict = "ignored" // accepted with a warning when it is set
	Refused Verdict = "refused" // an error when it is set: ignoring it would fail open
)

// Setting is a row of the table: a key, or a whole part of the file under one key.
type Setting struct {
	Key     string
	Verdict Verdict
	Meaning string
	// Unserved and Advice are the problem of an ignored or refused setting: what is not there, and what to do.
	Unserved, Advice string
}

// settings has a row for every key, or for a parent of it, in the order of the file.
var settings = []Setting{
	{Key: "api_prefix", Verdict: Served, Meaning: "The path in front of every route but telemetry. A missing leading slash is added."},

	{Key: "security.readonly", Verdict: Served, Meaning: "No write routes. Sources are still followed."},
	{Key: "security.cookie", Verdict: Idle, Meaning: "Attributes of session cookies. There are no sessions while authentication is off."},
	{Key: "security.encryption_key", Verdict: Served, Meaning: "32 bytes that secrets are encrypted with at rest. Without it Perses' built-in key is used, which everybody knows, and a warning says so."},
	{Key: "security.encryption_key_file", Verdict: Served, Meaning: "A file that holds the key instead. One newline at its end is dropped (Perses refuses the file then)."},
	{Key: "security.enable_auth", Verdict: Refused, Meaning: "Require signing in.",
		Unserved: "this version has no authentication and would let everybody in", Advice: "remove it, and let a proxy in front authenticate"},
	{Key: "security.authorization", Verdict: Idle, Meaning: "Who may do what. Nothing asks for it while authentication is off."},
	{Key: "security.authentication", Verdict: Idle, Meaning: "How people sign in. Nothing asks for it while authentication is off."},
	{Key: "security.cors.enable", Verdict: Served, Meaning: "Answer requests from pages of other origins."},
	{Key: "security.cors.allow_origins", Verdict: Served, Meaning: "Those origins; every origin if empty."},
	{Key: "security.cors.allow_methods", Verdict: Served, Meaning: "Methods; those of the route if empty."},
	{Key: "security.cors.allow_headers", Verdict: Served, Meaning: "Request headers; those asked for if empty."},
	{Key: "security.cors.allow_credentials", Verdict: Served, Meaning: "Let pages send credentials."},
	{Key: "security.cors.expose_headers", Verdict: Served, Meaning: "Response headers that pages may read."},
	{Key: "security.cors.max_age", Verdict: Served, Meaning: "Seconds a preflight answer may be kept."},

	{Key: "database.file.folder", Verdict: Served, Meaning: "The directory of the database, in Perses' layout."},
	{Key: "database.file.extension", Verdict: Served, Meaning: "The format of its files."},
	{Key: "database.file.case_sensitive", Verdict: Served, Meaning: "Whether names differ by case."},
	{Key: "database.sql", Verdict: Refused, Meaning: "A MySQL or MariaDB database.",
		Unserved: "this version has no SQL database and would keep the data elsewhere", Advice: "use database.file, on a disk of its own"},

	{Key: "schemas", Verdict: Ignored, Meaning: "Deprecated in Perses.",
		Unserved: "deprecated in Perses, and ignored", Advice: "remove it"},
	{Key: "dashboard.custom_lint_rules", Verdict: Refused, Meaning: "Assertions that every dashboard must pass.",
		Unserved: "this version does not check lint rules and would let every dashboard pass", Advice: "remove them, and check them with percli lint before delivery"},

	{Key: "provisioning.folders", Verdict: Served, Meaning: "Directories of documents; each is the source `dir:<path>`."},
	{Key: "provisioning.interval", Verdict: Served, Meaning: "Time between full listings of a directory; 1h if zero."},
	{Key: "provisioning.enable_watch", Verdict: Served, Meaning: "Follow changes at once. On by default, other than in Perses."},

	{Key: "datasource.global.disable", Verdict: Served, Meaning: "No global datasources; global variables are off with them."},
	{Key: "datasource.global.discovery", Verdict: Ignored, Meaning: "Places that datasources are found in.",
		Unserved: "this version does not discover datasources", Advice: "deliver them as GlobalDatasource documents"},
	{Key: "datasource.project.disable", Verdict: Served, Meaning: "No datasources in projects; with both scopes off, no variables in projects either."},
	{Key: "datasource.disable_local", Verdict: Served, Meaning: "No datasources inside dashboards."},
	{Key: "variable.global.disable", Verdict: Served, Meaning: "No global variables."},
	{Key: "variable.project.disable", Verdict: Served, Meaning: "No variables in projects."},
	{Key: "variable.disable_local", Verdict: Served, Meaning: "No variables inside dashboards."},
	{Key: "ephemeral_dashboards_cleanup_interval", Verdict: Served, Meaning: "Deprecated in Perses: above zero it enables ephemeral dashboards."},
	{Key: "ephemeral_dashboard.enable", Verdict: Served, Meaning: "Serve ephemeral dashboards."},
	{Key: "ephemeral_dashboard.cleanup_interval", Verdict: Served, Meaning: "How often those are removed that were last written longer ago than their ttl; 1d if they are enabled. They are also removed at every start."},

	{Key: "frontend.disable", Verdict: Served, Meaning: "Serve no UI. Handed out in GET /api/config."},
	{Key: "frontend.enable_keyboard_shortcuts", Verdict: Served, Meaning: "Handed to the UI, as are all settings under frontend."},
	{Key: "frontend.explorer.enable", Verdict: Served, Meaning: "The page for free queries."},
	{Key: "frontend.information", Verdict: Served, Meaning: "Markdown on the home page."},
	{Key: "frontend.important_dashboards", Verdict: Served, Meaning: "Dashboards on the home page: project, dashboard."},
	{Key: "frontend.time_range", Verdict: Served, Meaning: "What the time picker offers: disable_custom, disable_zoom, options."},
	{Key: "frontend.banner", Verdict: Served, Meaning: "A sentence above every page: severity (info, warning, error), message."},
	{Key: "frontend.default_user_preferences", Verdict: Served, Meaning: "timezone, rows_per_page (10, 25, 50, 100), theme (light, dark)."},

	{Key: "plugin", Verdict: Ignored, Meaning: "Where plugins are found, and which of them are used.",
		Unserved: "this version loads no plugins", Advice: "remove it; documents of any plugin are accepted"},
	{Key: "search", Verdict: Ignored, Meaning: "Tunes the search of dashboards.",
		Unserved: "this version does not tune its search", Advice: "remove it"},

	{Key: "delivery.sources[].name", Verdict: Served, Meaning: "Unique; `dir:<path>` if empty."},
	{Key: "delivery.sources[].directory.path", Verdict: Served, Meaning: "The directory. Naming one of provisioning.folders sets options of that source."},
	{Key: "delivery.sources[].configmaps.namespaces", Verdict: Served, Meaning: "The namespaces whose labelled ConfigMaps are read; `[\"*\"]` for all of them, Perseid's own if empty."},
	{Key: "delivery.sources[].configmaps.label", Verdict: Served, Meaning: "The label that an object must have to be read."},
	{Key: "delivery.sources[].configmaps.label_value", Verdict: Served, Meaning: "The value of the label; any value if it is set to nothing."},
	{Key: "delivery.sources[].configmaps.resources", Verdict: Served, Meaning: "Which objects are read. What comes from a Secret is kept encrypted and never quoted."},
	{Key: "delivery.sources[].configmaps.kubeconfig", Verdict: Served, Meaning: "The cluster to read, outside of a pod. In a pod the service account says it."},
	{Key: "delivery.sources[].artifact.reference", Verdict: Served, Meaning: "The artifact in a registry: registry/repository with a tag, which is followed when it moves, or a digest. Without either the tag is `latest`, or what `version` says."},
	{Key: "delivery.sources[].artifact.version", Verdict: Served, Meaning: "A range of semantic versions, such as `^1.4` or `>= 1.4, < 2`, of which the highest tag is followed."},
	{Key: "delivery.sources[].artifact.path", Verdict: Served, Meaning: "The directory of the artifact to read, such as that of an environment; all of it if empty."},
	{Key: "delivery.sources[].artifact.verify.keys", Verdict: Served, Meaning: "Files with public keys in PEM (ECDSA P-256), read again at every poll. An artifact that none of them signed is not served: what was served before stays."},
	{Key: "delivery.sources[].artifact.verify.required", Verdict: Served, Meaning: "With `false` an artifact that none of the keys signed is served all the same, with a note."},
	{Key: "delivery.sources[].artifact.credentials", Verdict: Served, Meaning: "A file as docker login writes it and as a pull secret of Kubernetes holds it (`.dockerconfigjson`), read again whenever it is needed."},
	{Key: "delivery.sources[].artifact.ca_file", Verdict: Served, Meaning: "A file with further certificates to trust, in PEM."},
	{Key: "delivery.sources[].artifact.insecure", Verdict: Served, Meaning: "Reach the registry over plain HTTP, as is done for one on the same machine."},
	{Key: "delivery.sources[].priority", Verdict: Served, Meaning: "Where two sources declare one resource the higher wins, then the later in the file."},
	{Key: "delivery.sources[].interval", Verdict: Served, Meaning: "Instead of provisioning.interval. A registry is asked every minute if this is not set."},
	{Key: "delivery.sources[].prune.disable", Verdict: Served, Meaning: "Instead of delivery.prune.disable."},
	{Key: "delivery.sources[].prune.settle", Verdict: Served, Meaning: "Instead of delivery.prune.settle."},
	{Key: "delivery.sources[].prune.delay", Verdict: Served, Meaning: "Instead of delivery.prune.delay."},
	{Key: "delivery.sources[].on_invalid", Verdict: Served, Meaning: "Instead of delivery.on_invalid."},
	{Key: "delivery.sources[].pin", Verdict: Served, Meaning: "A release to stay at, whatever is offered: its version, its revision or the start of it (six characters at least). Only artifacts, and directories with an index, have releases."},
	{Key: "delivery.sources[].require_index", Verdict: Served, Meaning: "Without a `perseid.index`, which `perseid index` writes, the source is failing instead of read as it is."},
	{Key: "delivery.adopt", Verdict: Served, Meaning: "Whether a source takes over resources that nobody manages; `equal` only those it would not change."},
	{Key: "delivery.create_projects", Verdict: Served, Meaning: "Create the projects that delivered documents name, unmanaged."},
	{Key: "delivery.protect", Verdict: Served, Meaning: "Refuse writes to managed resources through the API."},
	{Key: "delivery.prune.disable", Verdict: Served, Meaning: "Never remove a resource because its document is gone."},
	{Key: "delivery.prune.settle", Verdict: Served, Meaning: "After a start, how long a directory must be quiet before anything is pruned."},
	{Key: "delivery.prune.delay", Verdict: Served, Meaning: "How long a deletion waits before the scan that confirms it."},
	{Key: "delivery.on_invalid", Verdict: Served, Meaning: "`skip` applies what is good; `hold` keeps the last state of the source whole until all of it is; `auto` holds where the directory has an index that says it is complete, and skips elsewhere."},
	{Key: "delivery.api.token_file", Verdict: Served, Meaning: "A file with a bearer token. Who sends it may give commands to the delivery API; without this setting only programs on the server's own machine may. A token that is replaced counts at once."},
	{Key: "delivery.tenancy[].namespaces", Verdict: Served, Meaning: "Rules for what ConfigMaps and Secrets may declare: the namespaces, by name or as a pattern with `*`. Until there is a rule the defaults of [ConfigMaps](../configmaps.md#tenancy) hold; then rules decide about everything from a namespace other than Perseid's own."},
	{Key: "delivery.tenancy[].projects", Verdict: Served, Meaning: "The projects they may write, as names or patterns; `{namespace}` stands for the namespace, as in `{namespace}-*`."},
	{Key: "delivery.tenancy[].kinds", Verdict: Served, Meaning: "The kinds they may write; `*` for every kind. Without any: Project, Secret, Datasource, Variable, Dashboard and Folder. Global kinds, Role and RoleBinding have to be named."},
	{Key: "delivery.events.disable", Verdict: Served, Meaning: "Do not tell authors by Kubernetes Events on their ConfigMap what is wrong. Events need the permission to create events, and nothing else."},
	{Key: "delivery.proxy.allow", Verdict: Served, Meaning: "What datasources may be reached through the server: networks, addresses, and names of hosts such as `prometheus.example.com` and `*.example.com`. Empty: everything but what `deny` names, link-local addresses and those of cloud metadata. An address of the latter has to be named by itself, or by a network of such addresses. See [the proxy](../proxy.md)."},
	{Key: "delivery.proxy.deny", Verdict: Served, Meaning: "What they may not reach, whatever `allow` says: networks, addresses and names of hosts. Every address that a name has is looked at when it is connected to."},
	{Key: "delivery.proxy.timeout", Verdict: Served, Meaning: "How long a datasource may take until its answer begins; `0s` is for ever."},
	{Key: "delivery.proxy.secret_directories", Verdict: Served, Meaning: "Directories, with absolute paths, of files that a Secret or GlobalSecret may name (`passwordFile`, `credentialsFile`, `clientSecretFile`, `caFile`, `certFile`, `keyFile`). Files elsewhere are not read, nor are any for a secret that no source delivered."},
}
