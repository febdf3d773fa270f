package resource

// The shapes of Dashboard and EphemeralDashboard (perses.md §1.5, §1.6).
var (
	dashboardSpec = &object{fields: dashboardFields}

	ephemeralDashboardSpec = &object{fields: append([]field{{name: "ttl", shape: span, always: true}}, dashboardFields...)}

	dashboardFields = []field{
		{name: "display", shape: display},
		{name: "datasources", shape: &mapping{of: datasourceSpec}},
		{name: "variables", shape: &list{of: dashboardVariable}},
		{name: "annotations", shape: annotations},
		{name: "panels", shape: &mapping{of: panel}, always: true},
		{name: "layouts", shape: &list{of: layout}, always: true},
		{name: "duration", shape: durationText, always: true, preset: "1h"},
		{name: "refreshInterval", shape: durationText},
		{name: "timezone", shape: timezone},
		{name: "links", shape: links},
	}

	panel = kindAndSpec(&object{title: "Panel spec", fields: []field{
		{name: "display", shape: display},
		{name: "plugin", shape: plugin, always: true, required: "kind cannot be empty"},
		{name: "queries", shape: &list{of: query}},
		{name: "links", shape: links},
		{name: "annotations", shape: annotations},
	}})

	query = kindAndSpec(&object{title: "Query spec", fields: []field{
		{name: "name", shape: text},
		{name: "plugin", shape: plugin, always: true, required: "kind cannot be empty"},
	}})

	links = &list{of: &object{title: "Link", fields: []field{
		{name: "name", shape: text},
		{name: "url", shape: text, always: true},
		{name: "tooltip", shape: text},
		{name: "renderVariables", shape: boolean},
		{name: "targetBlank", shape: boolean},
	}}}

	annotations = &list{of: &object{title: "Annotation", fields: []field{
		{name: "display", shape: annotationDisplay, always: true, required: "annotation name cannot be empty"},
		{name: "plugin", shape: plugin, always: true, required: "kind cannot be empty"},
	}}}

	annotationDisplay = &object{fields: []field{
		{name: "name", shape: text, always: true, required: "annotation name cannot be empty"},
		{name: "description", shape: text},
		{name: "hidden", shape: boolean},
		{name: "color", shape: text},
	}}
)

// The layouts. That an absent kind speaks of a variable is what Perses says.
var (
	layout = &union{
		cases:   []variant{{"Grid", kindAndSpec(grid)}, {"Tabs", kindAndSpec(tabs)}},
		absent:  "variable.kind cannot be empty",
		none:    "layout.kind cannot be empty",
		unknown: "unknown layout.kind %q used",
	}

	grid = &object{title: "Grid", fields: []field{
		{name: "display", shape: &object{fields: []field{
			{name: "title", shape: text, always: true},
			{name: "collapse", shape: &object{fields: []field{
				{name: "open", shape: boolean, always: true},
			}}},
		}}},
		{name: "items", shape: &list{of: gridItem}, always: true},
		{name: "repeatVariable", shape: text},
	}}

	tabs = &object{title: "Tabs", fields: []field{
		{name: "display", shape: display},
		{name: "tabs", shape: &list{of: &object{fields: []field{
			{name: "name", shape: text, always: true},
			{name: "items", shape: &list{of: gridItem}, always: true},
		}}}, always: true},
		{name: "defaultTab", shape: &anything{}},
	}}

	gridItem = &object{title: "Grid item", fields: []field{
		{name: "x", shape: integer, always: true},
		{name: "y", shape: integer, always: true},
		{name: "width", shape: integer, always: true},
		{name: "height", shape: integer, always: true},
		{name: "content", shape: &object{fields: []field{
			{name: "$ref", shape: text, always: true, required: "content.$ref cannot be empty"},
		}}, always: true, required: "content cannot be empty"},
		{name: "repeatVariable", shape: &object{fields: []field{
			{name: "value", shape: text, always: true},
			{name: "maxPer", shape: integer},
			{name: "alignment", shape: enum("unknown alignment %q used", "horizontal", "vertical")},
		}}},
	}}
)
