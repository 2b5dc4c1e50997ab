import { CartPage } from '../page-objects/cart-page.ts';
import { ProductPage } from '../page-objects/product-page.ts';
import { signInPage } from '../signed-in-page.ts';
import { expect, test } from '../test.ts';

test.describe('cart page', { tag: '@cart' }, () => {
  test('a visitor starts with an empty cart', async ({ page }) => {
    await new CartPage(page).open();
    await expect(page.getByText('The cart is empty.')).toBeVisible();
  });

  test('the product page puts products into the cart', { tag: '@smoke' }, async ({ page, product }) => {
    const productPage = new ProductPage(page);
    await productPage.open(product.sku);
    await productPage.addToCart(2);
    await expect(productPage.message).toHaveText(`2 × ${product.name} in the cart`);
    const cart = new CartPage(page);
    await cart.open();
    await expect(cart.row(product.name)).toContainText('€12.50');
    await expect(cart.total).toHaveText('€25.00');
  });

  test('a changed quantity changes the total', async ({ page, buyer, product }) => {
    await signInPage(page, buyer);
    await buyer.api.putInCart(product.sku, 1);
    const cart = new CartPage(page);
    await cart.open();
    await cart.changeQuantity(product.name, 4);
    await expect(page.getByLabel(`Quantity of ${product.name}`)).toHaveValue('4');
    await expect(cart.total).toHaveText('€50.00');
  });

  test('a removed product is gone', async ({ page, buyer, makeProduct }) => {
    const [keep, drop] = [await makeProduct(), await makeProduct()];
    await signInPage(page, buyer);
    await buyer.api.putInCart(keep.sku);
    await buyer.api.putInCart(drop.sku);
    const cart = new CartPage(page);
    await cart.open();
    await expect(cart.rows).toHaveCount(2);
    await cart.remove(drop.name);
    await expect(cart.rows).toHaveCount(1);
    await expect(cart.row(keep.name)).toBeVisible();
  });

  test('an unknown coupon is told', async ({ page, buyer, product }) => {
    await signInPage(page, buyer);
    await buyer.api.putInCart(product.sku);
    const cart = new CartPage(page);
    await cart.open();
    await cart.applyCoupon('NONSENSE');
    await expect(cart.message).toHaveText('No coupon NONSENSE');
  });

  test('the welcome coupon takes a tenth off', { tag: '@coupons' }, async ({ page, buyer, product }) => {
    await signInPage(page, buyer);
    await buyer.api.putInCart(product.sku, 2);
    const cart = new CartPage(page);
    await cart.open();
    await cart.applyCoupon('WELCOME10');
    await expect(cart.discount).toHaveText('€2.50');
    await expect(cart.total).toHaveText('€22.50');
  });
});
