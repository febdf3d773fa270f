package validate

import "testing"

func TestRoles(t *testing.T) {
	role := func(scopes string) string { return `{"permissions":[{"actions":["read"],"scopes":[` + scopes + `]}]}` }
	const at = "spec.permissions[0].scopes["
	runInspections(t, []inspection{
		{"what a project holds", "Role", role(`"Dashboard","Project","Folder","Secret","*","RoleBinding"`), nil},
		{"what it does not", "Role", role(`"GlobalDatasource","GlobalRole","GlobalRoleBinding","GlobalSecret","GlobalVariable","User"`), []string{
			at + `0]: invalid scope: "GlobalDatasource" for a Role scope`,
			at + `1]: invalid scope: "GlobalRole" for a Role scope`,
			at + `2]: invalid scope: "GlobalRoleBinding" for a Role scope`,
			at + `3]: invalid scope: "GlobalSecret" for a Role scope`,
			at + `4]: invalid scope: "GlobalVariable" for a Role scope`,
			at + `5]: invalid scope: "User" for a Role scope`,
		}},
		{"in any case", "Role", role(`"globalrole"`), []string{at + `0]: invalid scope: "GlobalRole" for a Role scope`}},
		{"a global role may", "GlobalRole", role(`"GlobalRole","User"`), nil},
	})
}

func TestUsers(t *testing.T) {
	runInspections(t, []inspection{
		{"native", "User", `{"nativeProvider":{"password":"p"},"oauthProviders":[]}`, nil},
		{"external", "User", `{"nativeProvider":{},"oauthProviders":[{"issuer":"i"}]}`, nil},
		{"both", "User", `{"nativeProvider":{"password":"p"},"oauthProviders":[{"issuer":"i"}]}`,
			[]string{"spec.oauthProviders: nativeProvider and oauthProviders are mutually exclusive, use one of them"}},
	})
}

func TestFolders(t *testing.T) {
	runInspections(t, []inspection{
		{"tree", "Folder", `{"items":[{"kind":"Dashboard","name":"a"},{"kind":"Folder","name":"a","items":[{"kind":"Dashboard","name":"b"}]}]}`, nil},
		{"empty", "Folder", `{}`, nil},
		{"twice side by side", "Folder", `{"items":[{"kind":"Dashboard","name":"a"},{"kind":"Dashboard","name":"a"}]}`,
			[]string{`spec.items[1].name: dashboard "a" is referenced multiple times in the folder "doc"`}},
		{"twice at different depths", "Folder",
			`{"items":[{"kind":"Folder","name":"f","items":[{"kind":"Dashboard","name":"a"}]},{"kind":"Folder","name":"g","items":[{"kind":"Dashboard","name":"a"}]}]}`,
			[]string{`spec.items[1].items[0].name: dashboard "a" is referenced multiple times in the folder "doc"`}},
		{"a dashboard holds nothing", "Folder", `{"items":[{"kind":"Dashboard","name":"a","items":[{"kind":"Dashboard","name":"b"}]}]}`,
			[]string{`spec.items[0].items: when kind is equal to "Dashboard", then items must be empty`}},
	})
}
