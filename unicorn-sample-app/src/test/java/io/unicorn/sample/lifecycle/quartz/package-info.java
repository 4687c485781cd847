/**
 * What tests put into the application's jar together with Quartz.
 */
@NullMarked
package io.unicorn.sample.lifecycle.quartz;

import org.jspecify.annotations.NullMarked;
