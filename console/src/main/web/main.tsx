import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { client } from './api/queries';
import { App } from './app/App';
import { applyTheme } from './app/theme';
import './base.css';

const Embed = lazy(() => import('./dashboards/Embed'));

applyTheme();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      {location.pathname.startsWith('/embed/') ? (
        <Suspense>
          <Embed />
        </Suspense>
      ) : (
        <App />
      )}
    </QueryClientProvider>
  </StrictMode>,
);
