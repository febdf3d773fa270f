import IconButton from '@mui/material/IconButton';
import Star from 'mdi-material-ui/Star';
import StarOutline from 'mdi-material-ui/StarOutline';
import type { ReactElement } from 'react';

import { isFavourite, toggleFavourite, useFavourites } from '../kit/favourites';

/** Favourite marks a dashboard, for the home page of this browser. */
export function Favourite(props: { project: string; name: string; title: string }): ReactElement {
  const marked = isFavourite(useFavourites(), props.project, props.name);
  return (
    <IconButton size="small" aria-pressed={marked} aria-label="Favourite" onClick={() => toggleFavourite(props)} sx={{ color: marked ? 'warning.main' : 'text.secondary' }}>
      {marked ? <Star fontSize="small" /> : <StarOutline fontSize="small" />}
    </IconButton>
  );
}
