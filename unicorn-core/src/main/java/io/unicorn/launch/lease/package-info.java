/**
 * Leases: which directories of the private directory are in use, and the removal of the
 * others.
 */
@NullMarked
package io.unicorn.launch.lease;

import org.jspecify.annotations.NullMarked;
