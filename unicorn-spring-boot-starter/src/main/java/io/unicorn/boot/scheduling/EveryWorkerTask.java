package io.unicorn.boot.scheduling;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;

import io.unicorn.boot.EveryWorker;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.support.ScheduledMethodRunnable;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the tasks that are to run in every worker.
 */
final class EveryWorkerTask {

	/** In which Spring wraps the task of a registrar. */
	private static final String WRAPPED = "runnable";

	private EveryWorkerTask() {
	}

	/**
	 * Whether {@link EveryWorker} is on the method or the class of a task.
	 */
	static boolean isOne(Runnable task) {
		if (task instanceof ScheduledMethodRunnable method) {
			Class<?> type = AopProxyUtils.ultimateTargetClass(method.getTarget());
			return isAnnotated(type) || isAnnotated(AopUtils.getMostSpecificMethod(method.getMethod(), type));
		}
		if (ReflectionUtils.findField(task.getClass(), WRAPPED, Runnable.class) != null) {
			return new DirectFieldAccessor(task).getPropertyValue(WRAPPED) instanceof Runnable wrapped
					&& isOne(wrapped);
		}
		return isAnnotated(task.getClass()) || isNamedMethod(task.toString());
	}

	/** A reactive method is known by its name only. */
	private static boolean isNamedMethod(String name) {
		int dot = name.lastIndexOf('.');
		if (dot < 0 || !ClassUtils.isPresent(name.substring(0, dot), null)) {
			return false;
		}
		Class<?> type = ClassUtils.resolveClassName(name.substring(0, dot), null);
		Method[] methods = ReflectionUtils.getDeclaredMethods(type);
		return isAnnotated(type) || Arrays.stream(methods)
			.anyMatch((method) -> method.getName().equals(name.substring(dot + 1)) && isAnnotated(method));
	}

	private static boolean isAnnotated(AnnotatedElement element) {
		return AnnotatedElementUtils.hasAnnotation(element, EveryWorker.class);
	}

}
