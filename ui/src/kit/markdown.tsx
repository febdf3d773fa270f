import Box from '@mui/material/Box';
import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { useMemo, type ReactElement } from 'react';

/** Markdown shows a text of the configuration. What could run is taken out; the content security policy would stop it, too. */
export function Markdown({ text }: { text: string }): ReactElement {
  const html = useMemo(() => DOMPurify.sanitize(marked.parse(text, { async: false })), [text]);
  return <Box sx={{ '& a': { color: 'primary.main' }, '& > :first-of-type': { mt: 0 }, overflowWrap: 'anywhere' }} dangerouslySetInnerHTML={{ __html: html }} />;
}
