package io.unicorn.boot.messaging;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import io.unicorn.boot.PoolListener;
import io.unicorn.boot.PoolMessage;
import io.unicorn.boot.PoolMessaging;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Lets the methods marked by {@link PoolListener} receive.
 */
public final class PoolListenerProcessor implements BeanPostProcessor {

	private final ObjectProvider<PoolMessaging> messaging;

	/**
	 * Create.
	 * @param messaging what passes messages to listeners; is not needed before there is
	 * one
	 */
	public PoolListenerProcessor(ObjectProvider<PoolMessaging> messaging) {
		this.messaging = messaging;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Class<?> type = AopUtils.getTargetClass(bean);
		if (AnnotationUtils.isCandidateClass(type, PoolListener.class)) {
			for (Method method : MethodIntrospector.selectMethods(type, (Method method) -> isListener(method))) {
				subscribe(bean, method);
			}
		}
		return bean;
	}

	/**
	 * Whether a class has a method that receives messages.
	 * @param type a class, also one that a proxy was made of
	 */
	public static boolean isListener(Class<?> type) {
		return AnnotationUtils.isCandidateClass(type, PoolListener.class)
				&& !MethodIntrospector.selectMethods(type, (Method method) -> isListener(method)).isEmpty();
	}

	private static boolean isListener(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, PoolListener.class);
	}

	private void subscribe(Object bean, Method method) {
		String topic = Objects.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(method, PoolListener.class))
			.value();
		Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
		check(invocable);
		ReflectionUtils.makeAccessible(invocable);
		this.messaging.getObject()
			.subscribe(topic, (message) -> reply(ReflectionUtils.invokeMethod(invocable, bean,
					(invocable.getParameterCount() == 0) ? new Object[0] : argument(invocable, message))));
	}

	private static void check(Method method) {
		Class<?>[] parameters = method.getParameterTypes();
		boolean known = parameters.length == 0 || (parameters.length == 1 && (parameters[0] == PoolMessage.class
				|| parameters[0] == String.class || parameters[0] == byte[].class));
		Class<?> returned = method.getReturnType();
		boolean reply = returned == void.class || returned == String.class || returned == byte[].class;
		if (!known || !reply) {
			throw new IllegalStateException("The @PoolListener method " + method.toGenericString()
					+ " must have one parameter of type PoolMessage, String or byte[], or none, and return nothing, "
					+ "a String or a byte[]");
		}
	}

	private static Object[] argument(Method method, PoolMessage message) {
		Class<?> type = method.getParameterTypes()[0];
		if (type == PoolMessage.class) {
			return new Object[] { message };
		}
		return new Object[] { (type == String.class) ? message.text() : message.payload() };
	}

	private static byte @Nullable [] reply(@Nullable Object returned) {
		return (returned instanceof String text) ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) returned;
	}

}
