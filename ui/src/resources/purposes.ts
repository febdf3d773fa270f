/** What resources of each kind are for, by plural: shown where there is none yet. */
export const purposes: Record<string, string> = {
  dashboards: 'Dashboards are delivered by a source, pushed by percli, or made here.',
  folders: 'A folder groups dashboards of the project.',
  variables: 'A variable of the project can be used in each of its dashboards.',
  datasources: 'A datasource says where dashboards of this project ask for data. Global datasources are there, too.',
  secrets: 'A secret holds what a datasource needs to be let in: a password, a token, a certificate.',
  globaldatasources: 'A global datasource serves the dashboards of all projects.',
  globalvariables: 'A global variable can be used in each dashboard.',
  globalsecrets: 'A global secret holds what a global datasource needs to be let in.',
};
