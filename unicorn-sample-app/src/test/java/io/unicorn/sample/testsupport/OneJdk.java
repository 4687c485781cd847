package io.unicorn.sample.testsupport;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Tag;

/**
 * Marks tests that hardly depend on the JDK, or that have a twin that runs on each. If
 * the tests run on several JDKs, these run only on the first one.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Tag("one-jdk")
public @interface OneJdk {

}
