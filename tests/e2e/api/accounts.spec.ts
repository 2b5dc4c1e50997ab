import { account, expect, test } from '../test.ts';

test.describe('accounts', { tag: '@accounts' }, () => {
  test('a new buyer signs up and is known by the token', async ({ buyer }) => {
    const response = await buyer.api.send('GET', '/api/users/me');
    await expect(response).toBeOK();
    expect(await response.json()).toEqual({ id: buyer.id, email: buyer.email, name: buyer.name, role: 'buyer' });
  });

  test('an e-mail address has one account', async ({ shop, buyer, data }) => {
    const wish = { ...data.build(account), email: buyer.email.toUpperCase() };
    // No factory gave it this spelling: a test that takes the same address is told before the shop tells it.
    await data.claim('email', wish.email, { ignoreCase: true });
    const response = await shop.send('POST', '/api/users', wish);
    expect(response.status()).toBe(409);
    expect(await response.json()).toMatchObject({ error: { code: 'email_taken' } });
  });

  const refused = [
    { what: 'an e-mail address without @', wish: { email: 'nobody' }, names: 'email' },
    { what: 'a short password', wish: { password: 'short' }, names: 'password' },
    { what: 'an empty name', wish: { name: '  ' }, names: 'name' },
    { what: 'an unknown field', wish: { admin: true }, names: 'admin' },
  ];
  for (const { what, wish, names } of refused) {
    test(`sign-up refuses ${what}`, async ({ shop, data }) => {
      const response = await shop.send('POST', '/api/users', { ...data.build(account), ...wish });
      expect(response.status()).toBe(400);
      const { error } = await response.json();
      expect(error).toMatchObject({ code: 'invalid_input', message: expect.stringContaining(names) });
    });
  }

  test('a wrong password gives no token', async ({ shop, buyer }) => {
    const response = await shop.send('POST', '/api/sessions', { email: buyer.email, password: 'not the one' });
    expect(response.status()).toBe(401);
    expect((await response.json()).error.code).toBe('wrong_credentials');
  });

  test('without a token nobody is signed in', async ({ shop }) => {
    const response = await shop.send('GET', '/api/users/me');
    expect(response.status()).toBe(401);
    expect(response.headers()['www-authenticate']).toBe('Bearer');
  });

  test('a token that has ended is refused as such', async ({ shop, buyer }) => {
    const { email, password } = buyer;
    const session = await (await shop.send('POST', '/api/sessions', { email, password, lifetimeMs: 0 })).json();
    const response = await shop.signedInWith(session.token).send('GET', '/api/orders');
    expect(response.status()).toBe(401);
    expect((await response.json()).error.code).toBe('token_expired');
    expect(response.headers()['www-authenticate']).toContain('error="invalid_token"');
  });

  test('signing out ends the token', async ({ shop, buyer }) => {
    const token = await shop.signIn(buyer);
    const session = shop.signedInWith(token);
    await session.remove('/api/sessions/current');
    expect((await session.send('GET', '/api/users/me')).status()).toBe(401);
  });
});
