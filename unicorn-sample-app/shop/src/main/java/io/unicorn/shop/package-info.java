/**
 * A shop with a login, a cart, products and a chat, as an application that knows nothing
 * of workers would have them.
 */
@NullMarked
package io.unicorn.shop;

import org.jspecify.annotations.NullMarked;
