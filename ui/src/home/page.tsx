import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { lazy, Suspense, type ReactElement, type ReactNode } from 'react';

import { useConfig, useItem, useList } from '../api/queries';
import { kinds, title, type Display } from '../api/resource';
import { useTitle } from '../kit/page';
import { useFavourites } from '../kit/favourites';
import { recent } from '../kit/recent';
import { Answered, Empty } from '../kit/states';
import { Search } from '../search/search';
import { Block, Line } from './block';
import { DeliveryState } from './delivery-state';

const Markdown = lazy(async () => ({ default: (await import('../kit/markdown')).Markdown }));

const shownProjects = 12;

/** Component is where one starts: search, what one was at, what others find important. */
export function Component(): ReactElement {
  useTitle('');
  const frontend = useConfig().data?.frontend;
  return (
    <Box sx={{ width: '100%', maxWidth: 920, mx: 'auto', px: { xs: 2, sm: 3 }, pt: { xs: 3, sm: 6 }, pb: 4 }}>
      <Typography variant="h1" sx={{ mb: 2 }}>
        Dashboards
      </Typography>
      <Search>
        {frontend?.information && (
          <Box sx={{ mt: 3 }}>
            <Suspense>
              <Markdown text={frontend.information} />
            </Suspense>
          </Box>
        )}
        <Box sx={{ mt: 4, display: 'grid', gap: 4, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
          <Favourites />
          <Recent />
          <Important chosen={frontend?.important_dashboards ?? []} />
          <Projects />
          <DeliveryState />
        </Box>
      </Search>
    </Box>
  );
}

function Favourites(): ReactElement | null {
  const favourites = useFavourites();
  if (favourites.length === 0) return null;
  return (
    <Block heading="Favourites">
      {favourites.map(({ project, name, title: text }) => (
        <Line key={`${project}/${name}`} to={`/projects/${project}/dashboards/${name}`} text={text} detail={project} />
      ))}
    </Block>
  );
}

function Recent(): ReactElement {
  const visits = recent();
  return (
    <Block heading="Recent">
      {visits.map(({ project, name, title: text }) => (
        <Line key={`${project}/${name}`} to={`/projects/${project}/dashboards/${name}`} text={text} detail={project} />
      ))}
      {visits.length === 0 && <Nothing>Dashboards you open are listed here.</Nothing>}
    </Block>
  );
}

function Nothing({ children }: { children: ReactNode }): ReactElement {
  return (
    <Typography color="text.secondary" sx={{ py: 0.875 }}>
      {children}
    </Typography>
  );
}

function Important({ chosen }: { chosen: Array<{ project: string; dashboard: string }> }): ReactElement | null {
  if (chosen.length === 0) return null;
  return (
    <Block heading="Important">
      {chosen.map(({ project, dashboard }) => (
        <ImportantLine key={`${project}/${dashboard}`} project={project} name={dashboard} />
      ))}
    </Block>
  );
}

/** ImportantLine has the title as soon as that is known. The configuration may name what is not there. */
function ImportantLine({ project, name }: { project: string; name: string }): ReactElement {
  const { data, error } = useItem<{ display?: Display }>(kinds.Dashboard, project, name);
  return <Line to={`/projects/${project}/dashboards/${name}`} text={data ? title(data.data) : name} detail={error ? 'not found' : project} />;
}

function Projects(): ReactElement {
  const projects = useList<{ display?: Display }>(kinds.Project);
  return (
    <Block heading="Projects" more={{ to: '/projects', text: 'All projects' }}>
      <Answered of={projects} what="Projects">
        {(list) => (
          <>
            {list.slice(0, shownProjects).map((project) => (
              <Line key={project.metadata.name} to={`/projects/${project.metadata.name}`} text={title(project)} />
            ))}
            {list.length === 0 && <Empty title="No projects yet">A project holds dashboards, and who may see them. Deliver one from a source, or create one under Projects.</Empty>}
          </>
        )}
      </Answered>
    </Block>
  );
}
