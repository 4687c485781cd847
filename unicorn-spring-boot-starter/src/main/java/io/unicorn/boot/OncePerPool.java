package io.unicorn.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets an {@code ApplicationRunner} or {@code CommandLineRunner} run in one worker and
 * not in each: in the first worker of a start, and in the first new worker of a roll-out,
 * as migrations do. On the class of the runner, or on its {@code @Bean} method. Without a
 * pool it does nothing.
 */
@Documented
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
public @interface OncePerPool {

}
