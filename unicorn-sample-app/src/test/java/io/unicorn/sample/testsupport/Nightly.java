package io.unicorn.sample.testsupport;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Tag;

/**
 * Marks tests that a push does not wait for: they take long, and a shorter test or the
 * simulation would find most of what they find. The whole build and the nightly workflow
 * run them.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Tag("nightly")
public @interface Nightly {

	/**
	 * Whether the nightly tests are left out, so that other tests do less, too.
	 */
	boolean LEFT_OUT = Boolean.getBoolean("unicorn.test.short");

}
