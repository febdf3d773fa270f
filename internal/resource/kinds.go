package resource

// kinds is the one table of kinds (perses.md §1.1), in order of rank: what others need comes first.
var kinds = []*Kind{
	{Name: "Project", Plural: "projects", Rank: 0, Provisioned: true, spec: projectSpec,
		Aliases: []string{"project"}},
	{Name: "User", Plural: "users", Rank: 1, Provisioned: true, Secret: true, spec: userSpec,
		Aliases: []string{"user", "usr", "usrs"}},
	{Name: "GlobalRole", Plural: "globalroles", Rank: 2, Provisioned: true, spec: roleSpec,
		Aliases: []string{"globalRole", "grl"}},
	{Name: "GlobalRoleBinding", Plural: "globalrolebindings", Rank: 3, Provisioned: true, spec: roleBindingSpec,
		Aliases: []string{"globalRoleBinding", "grlb"}},
	{Name: "GlobalSecret", Plural: "globalsecrets", Rank: 4, Provisioned: true, Secret: true, spec: secretSpec,
		Aliases: []string{"globalSecret", "gs", "gscrt"}},
	{Name: "GlobalDatasource", Plural: "globaldatasources", Rank: 5, Provisioned: true, spec: datasourceSpec,
		Aliases: []string{"globalDatasource", "gdts"}},
	{Name: "GlobalVariable", Plural: "globalvariables", Rank: 6, Provisioned: true, spec: variableSpec,
		Aliases: []string{"globalVariable", "gv", "gvar", "gvars", "gvs"}},
	{Name: "Role", Plural: "roles", Project: true, Rank: 7, Provisioned: true, spec: roleSpec,
		Aliases: []string{"role", "rl"}},
	{Name: "RoleBinding", Plural: "rolebindings", Project: true, Rank: 8, Provisioned: true, spec: roleBindingSpec,
		Aliases: []string{"rolebinding", "rlb"}},
	{Name: "Secret", Plural: "secrets", Project: true, Rank: 9, Provisioned: true, Secret: true, spec: secretSpec,
		Aliases: []string{"secret", "scrt"}},
	{Name: "Datasource", Plural: "datasources", Project: true, Rank: 10, Provisioned: true, spec: datasourceSpec,
		Aliases: []string{"datasource", "dts"}},
	{Name: "Variable", Plural: "variables", Project: true, Rank: 11, Provisioned: true, spec: variableSpec,
		Aliases: []string{"variable", "var", "vars"}},
	{Name: "Dashboard", Plural: "dashboards", Project: true, Rank: 12, Provisioned: true, spec: dashboardSpec,
		Aliases: []string{"dashboard", "dash", "dashs"}, specRequired: true},
	{Name: "EphemeralDashboard", Plural: "ephemeraldashboards", Project: true, Rank: 13, spec: ephemeralDashboardSpec,
		Aliases: []string{"ephemeralDashboard", "edash", "edashs"}, specRequired: true},
	{Name: "Folder", Plural: "folders", Project: true, Rank: 14, Provisioned: true, spec: folderSpec,
		Aliases: []string{"folder", "fld", "flds"}, specRequired: true},
}

// Kinds is the table of kinds, in order of rank. It is shared: do not change it.
func Kinds() []*Kind { return kinds }
