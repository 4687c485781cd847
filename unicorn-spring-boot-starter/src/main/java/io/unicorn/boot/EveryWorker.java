package io.unicorn.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets a {@code @Scheduled} method run in every worker and not in the leader alone,
 * because it concerns what each process has, such as a cache. On a class, it holds for
 * all its scheduled methods, for the class as a {@link Runnable} that is given to a
 * {@code ScheduledTaskRegistrar}, or for the class as a job of Quartz. Without a pool it
 * does nothing.
 */
@Documented
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
public @interface EveryWorker {

}
