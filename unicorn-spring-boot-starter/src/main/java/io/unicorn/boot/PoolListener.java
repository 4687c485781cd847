package io.unicorn.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method of a bean that gets the messages of a topic, which workers
 * {@linkplain PoolMessaging#publish publish}.
 * <p>
 * The method has one parameter, a {@link PoolMessage}, a {@link String} or a
 * {@code byte[]}, or none. It is called on a thread of its own, for one message at a
 * time, in the order in which each sender has sent them. If it returns a {@link String}
 * or a {@code byte[]}, that is the reply to a {@linkplain PoolMessaging#request request};
 * an exception is logged, and ends the request that has caused it.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface PoolListener {

	/** The topic. */
	String value();

}
