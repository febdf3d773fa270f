package config

import "slices"

// Dashboard holds the lint rules that dashboards must pass, which this version refuses.
type Dashboard struct {
	CustomLintRules []LintRule `json:"custom_lint_rules,omitempty"`
}

// LintRule is an assertion over dashboards.
type LintRule struct {
	Name      string `json:"name"`
	Target    string `json:"target"`    // JSONPath
	Assertion string `json:"assertion"` // CEL over value
	Message   string `json:"message"`
	Disable   bool   `json:"disable"`
}

// Frontend is handed to the UI through GET /api/config.
type Frontend struct {
	Disable                 bool               `json:"disable"`
	EnableKeyboardShortcuts bool               `json:"enable_keyboard_shortcuts"`
	Explorer                Explorer           `json:"explorer"`
	Information             string             `json:"information,omitempty"` // Markdown
	ImportantDashboards     []DashboardPointer `json:"important_dashboards,omitempty"`
	TimeRange               *TimeRange         `json:"time_range,omitempty"`
	Banner                  *Banner            `json:"banner,omitempty"`
	DefaultUserPreferences  *Preferences       `json:"default_user_preferences,omitempty"`
}

func (f *Frontend) setDefaults() { f.EnableKeyboardShortcuts = true }

func (f *Frontend) normalise() {
	if f.TimeRange != nil {
		slices.Sort(f.TimeRange.Options)
	}
}

// Explorer is the page for free queries.
type Explorer struct {
	Enable bool `json:"enable"`
}

// DashboardPointer names a dashboard of the home page.
type DashboardPointer struct {
	Project   string `json:"project"`
	Dashboard string `json:"dashboard"`
}

// TimeRange is what the time picker offers.
type TimeRange struct {
	DisableCustom bool       `json:"disable_custom"`
	DisableZoom   bool       `json:"disable_zoom"`
	Options       []Duration `json:"options"`
}

func (t *TimeRange) setDefaults() {
	t.Options = []Duration{5 * minute, 15 * minute, 30 * minute, hour, 6 * hour, 12 * hour, day, 7 * day, 14 * day}
}

// Banner is a sentence above every page.
type Banner struct {
	Severity BannerSeverity `json:"severity"`
	Message  string         `json:"message"`
}

func (b *Banner) setDefaults() { b.Severity = "info" }

// Preferences are those of a user who chose none.
type Preferences struct {
	Timezone    string      `json:"timezone,omitempty"`
	RowsPerPage RowsPerPage `json:"rows_per_page"`
	Theme       Theme       `json:"theme"`
}

func (p *Preferences) setDefaults() { p.RowsPerPage, p.Theme = "25", "light" }

// Plugin says where plugins are found.
type Plugin struct {
	Path         string   `json:"path"`
	ArchivePath  string   `json:"archive_path,omitempty"`
	ArchivePaths []string `json:"archive_paths"`
	EnableDev    bool     `json:"enable_dev"`
	Enabled      []string `json:"enabled,omitempty"`
	Disabled     []string `json:"disabled,omitempty"`
}

func (p *Plugin) setDefaults() { p.Path, p.ArchivePaths = "plugins", []string{"plugins-archive"} }

// Search tunes the search of the API.
type Search struct {
	CheckLatestUpdateInterval Duration  `json:"check_latest_update_interval"`
	ExcludedChars             []string  `json:"excluded_chars,omitempty"`
	IndexKeys                 IndexKeys `json:"index_keys"`
}

// IndexKeys are the fields that are searched.
type IndexKeys struct {
	Dashboard []string `json:"dashboard"`
}

func (s *Search) setDefaults() {
	s.CheckLatestUpdateInterval = 30 * second
	s.IndexKeys.Dashboard = []string{"metadata.name", "spec.display.name"}
}
