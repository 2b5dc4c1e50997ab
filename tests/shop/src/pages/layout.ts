/** The frame of every page. */
import type { User } from '../domain/accounts.ts';
import { type Html, html } from './html.ts';

export interface Page {
  readonly title: string;
  readonly user?: User | undefined;
  readonly body: Html;
  /** A script that ends the tab: the page never gets to its heading. */
  readonly crashes?: boolean;
}

/**
 * Keeps tens of megabytes at a time for ever. The browser ends the tab when the heap limit is reached: after
 * about half a second with a limit of 256 MB, after some seconds with the limit of a large machine.
 */
const runaway = html`<script>
  const kept = [];
  for (;;) kept.push(new Array(4000000).fill(1.5));
</script>`;

export function renderPage({ title, user, body, crashes = false }: Page): string {
  const account = user
    ? html`<a href="/account">${user.name}</a>
        <form method="post" action="/sign-out"><button>Sign out</button></form>`
    : html`<a href="/sign-in">Sign in</a> <a href="/sign-up">Create an account</a>`;
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>${title} · Shop</title>
  <link rel="icon" href="data:,">
  <style>
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
    nav, nav form { display: flex; gap: 1rem; align-items: baseline; }
    table { border-collapse: collapse; } td, th { padding: .2rem 1rem .2rem 0; text-align: left; }
    .products { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1rem; padding: 0; }
    .products li { list-style: none; border: 1px solid #ccc; padding: 1rem; } [role=alert] { color: #a00; }
  </style>
</head>
<body>
  ${crashes ? runaway : undefined}
  <nav aria-label="Shop"><a href="/">Catalogue</a> <a href="/lookbook">Lookbook</a> <a href="/cart">Cart</a>
    <a href="/orders">Orders</a> ${account}</nav>
  <main><h1>${title}</h1>${body}</main>
  <p role="status" id="message"></p>
  <script src="/shop.js" defer></script>
</body>
</html>`.html;
}
