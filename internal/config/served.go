package config

import "strings"

// Database is the key "database". File is never nil once loaded; sql is refused.
type Database struct {
	File *File  `json:"file,omitempty"`
	SQL  Opaque `json:"sql,omitzero"`
}

// File is the file database.
type File struct {
	Folder        string    `json:"folder"`
	Extension     Extension `json:"extension"`
	CaseSensitive bool      `json:"case_sensitive"`
}

func (f *File) setDefaults() { f.Folder, f.Extension = "./local_db", "yaml" }

// Provisioning lists directories that are sources (DELIVERY R2).
type Provisioning struct {
	Folders     []string `json:"folders,omitempty"`
	Interval    Duration `json:"interval"`
	EnableWatch bool     `json:"enable_watch"`
}

func (p *Provisioning) setDefaults() { p.Interval, p.EnableWatch = hour, true }

// Datasource switches scopes of datasources off.
type Datasource struct {
	Global       GlobalDatasource `json:"global"`
	Project      Switch           `json:"project"`
	DisableLocal bool             `json:"disable_local"`
}

// Switch turns one scope of a kind off.
type Switch struct {
	Disable bool `json:"disable"`
}

// GlobalDatasource also discovers.
type GlobalDatasource struct {
	Disable   bool        `json:"disable"`
	Discovery []Discovery `json:"discovery,omitempty"`
}

// Discovery is a place that datasources are found in. What it holds is never shown: its client carries credentials.
type Discovery struct {
	Name            string   `json:"name"`
	RefreshInterval Duration `json:"refresh_interval"`
	HTTPSD          Opaque   `json:"http_sd,omitzero"`
	KubernetesSD    Opaque   `json:"kubernetes_sd,omitzero"`
}

func (d *Discovery) setDefaults() { d.RefreshInterval = 5 * minute }

// Variable switches scopes of variables off.
type Variable struct {
	Global       Switch `json:"global"`
	Project      Switch `json:"project"`
	DisableLocal bool   `json:"disable_local"`
}

// EphemeralDashboard turns ephemeral dashboards on.
type EphemeralDashboard struct {
	Enable          bool     `json:"enable"`
	CleanupInterval Duration `json:"cleanup_interval"`
}

// normalise gives every setting the one form that the rest of the program reads.
func (c *Config) normalise() {
	c.APIPrefix = strings.Trim(c.APIPrefix, "/")
	if c.APIPrefix != "" {
		c.APIPrefix = "/" + c.APIPrefix
	}
	c.Database.File = orNew(c.Database.File)
	if c.Provisioning.Interval <= 0 {
		c.Provisioning.Interval = hour
	}
	c.Variable.Global.Disable = c.Variable.Global.Disable || c.Datasource.Global.Disable
	c.Variable.Project.Disable = c.Variable.Project.Disable || c.Datasource.Global.Disable && c.Datasource.Project.Disable
	if c.EphemeralDashboardsOld > 0 {
		c.EphemeralDashboard = EphemeralDashboard{Enable: true, CleanupInterval: c.EphemeralDashboardsOld}
	}
	if c.EphemeralDashboard.Enable && c.EphemeralDashboard.CleanupInterval == 0 {
		c.EphemeralDashboard.CleanupInterval = day
	}
	c.Frontend.normalise()
}
