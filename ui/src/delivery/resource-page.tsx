import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import type { ReactElement } from 'react';
import { Link as RouterLink, useParams } from 'react-router-dom';

import type { Document, ResourceStatus } from '../api/delivery';
import { Ago } from '../kit/ago';
import { shortRevision } from '../kit/managed';
import { Page } from '../kit/page';
import { Answered, Empty } from '../kit/states';
import { DocumentDetails } from './document-details';
import { Facts } from './facts';
import { useLive } from './live';
import { identityText, resourcePath, sourceLink } from './place';
import { ResourceActions } from './resource-actions';
import { ResourceHistory } from './resource-history';
import { ResourceText } from './resource-text';
import { OutcomeSign } from './signs';
import { StreamLost } from './stream-sign';

export function Component(): ReactElement {
  const { plural = '', project, name = '' } = useParams();
  const answer = useLive<ResourceStatus>(resourcePath(plural, project, name));
  const status = answer.data;
  return (
    <Page title={status ? identityText(status) : name} crumbs={[{ to: '/delivery', text: 'Delivery' }]} actions={status && <ResourceActions status={status} plural={plural} />}>
      <StreamLost />
      {answer.error?.status === 404 && !status ? (
        <Empty title="There is no such resource" action={<Link component={RouterLink} to="/delivery">All sources</Link>}>
          Nothing of this name is served, no source declares it, and nothing is kept of one that was deleted.
        </Empty>
      ) : (
        <Answered of={answer} what="The resource">
          {(found) => <Everything status={found} plural={plural} />}
        </Answered>
      )}
    </Page>
  );
}

function Everything({ status, plural }: { status: ResourceStatus; plural: string }): ReactElement {
  return (
    <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Origin status={status} plural={plural} />
      {status.documents.length > 0 && <Declared documents={status.documents} />}
      <ResourceHistory status={status} plural={plural} />
      <ResourceText status={status} plural={plural} />
    </Box>
  );
}

function Origin({ status, plural }: { status: ResourceStatus; plural: string }): ReactElement {
  const { owner, project, name, unreadable } = status;
  const page = plural === 'dashboards' && project ? `/projects/${encodeURIComponent(project)}/dashboards/${encodeURIComponent(name)}` : undefined;
  return (
    <Box>
      {owner ? (
        <Facts
          facts={[
            ['Source', <Link key="source" component={RouterLink} to={sourceLink(owner.source)}>{owner.source}</Link>],
            ['From', owner.origin],
            ['Revision', owner.revision && <span key="revision" title={owner.revision}>{shortRevision(owner.revision)}</span>],
            ['Since', <Ago key="since" time={owner.since} />],
            ['Writable', owner.writable && (owner.until ? <span key="until">until <Ago time={owner.until} /></span> : 'its source is suspended')],
          ]}
        />
      ) : (
        <Box>{status.documents.length > 0 ? 'It is declared, and no source manages what is stored under its name.' : 'No source manages it, and none declares it.'}</Box>
      )}
      {unreadable && <Box sx={{ color: 'error.main', mt: 1 }}>Its file in the database cannot be read, so the last readable version is served: {unreadable}</Box>}
      {page && (
        <Link component={RouterLink} to={page} sx={{ display: 'inline-block', mt: 1.5 }}>
          Open the dashboard
        </Link>
      )}
    </Box>
  );
}

function Declared({ documents }: { documents: Document[] }): ReactElement {
  return (
    <Box component="section" aria-labelledby="declared">
      <Typography variant="h2" id="declared" sx={{ mb: 1 }}>
        Declared by
      </Typography>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {documents.map((document) => (
          <Box component="li" key={`${document.source}\n${document.origin}\n${document.index}`} sx={{ border: 1, borderColor: 'divider', borderRadius: 1, p: 2 }}>
            <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', alignItems: 'center', mb: 1 }}>
              <Box component="b" sx={{ overflowWrap: 'anywhere' }}>{document.origin}</Box>
              <OutcomeSign outcome={document.outcome} />
              <Link component={RouterLink} to={sourceLink(document.source)} color="text.secondary" sx={{ overflowWrap: 'anywhere' }}>
                {document.source}
              </Link>
            </Box>
            <DocumentDetails document={document} here />
          </Box>
        ))}
      </Box>
    </Box>
  );
}
