package io.unicorn.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an application event that is published in every worker of the pool: when one
 * worker publishes it, listeners in the others get a copy. The class must be
 * {@link java.io.Serializable} and must not extend
 * {@link org.springframework.context.ApplicationEvent}, whose source exists in one
 * process only. Without a pool the annotation has no effect.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface PoolEvent {

}
