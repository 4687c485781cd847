package io.unicorn.boot.bootstrap.files;

import java.io.File;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.unicorn.launch.plan.LaunchPlan;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerPortFileWriter;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Handles the writers of port files that the application has registered. The files belong
 * to the pool: a worker that leaves would delete them.
 */
public final class PortFileWriters {

	private static final String WRITER = "org.springframework.boot.web.server.context.WebServerPortFileWriter";

	private final SpringApplication application;

	private final boolean possible;

	public PortFileWriters(SpringApplication application) {
		this.application = application;
		this.possible = ClassUtils.isPresent(WRITER, application.getClassLoader());
	}

	/**
	 * Return the files that the master writes and deletes, by the name of the listener
	 * whose port they hold.
	 */
	public Map<String, String> files() {
		if (!this.possible) {
			return Map.of();
		}
		Map<String, String> files = new LinkedHashMap<>();
		registered().all().forEach((writer) -> {
			files.put(LaunchPlan.HTTP, file(writer, null));
			files.put(LaunchPlan.MANAGEMENT, file(writer, LaunchPlan.MANAGEMENT));
		});
		return files;
	}

	/** Return the file as the writer names it for a server. */
	private static String file(WebServerPortFileWriter writer, @Nullable String namespace) {
		Method method = ReflectionUtils.findMethod(writer.getClass(), "getPortFile", ApplicationContext.class);
		if (method == null) {
			throw new IllegalStateException("a writer of a port file names no file");
		}
		ReflectionUtils.makeAccessible(method);
		Object context = Proxy.newProxyInstance(PortFileWriters.class.getClassLoader(),
				new Class<?>[] { WebServerApplicationContext.class },
				(proxy, called, arguments) -> called.getName().equals("getServerNamespace") ? namespace : null);
		Object file = ReflectionUtils.invokeMethod(method, writer, context);
		return ((File) Objects.requireNonNull(file)).getAbsolutePath();
	}

	/**
	 * Remove the writers from the application, because a worker must not delete the
	 * files.
	 */
	public void remove() {
		if (this.possible) {
			registered().remove();
		}
	}

	private RegisteredListeners<WebServerPortFileWriter> registered() {
		return new RegisteredListeners<>(this.application, WebServerPortFileWriter.class);
	}

}
