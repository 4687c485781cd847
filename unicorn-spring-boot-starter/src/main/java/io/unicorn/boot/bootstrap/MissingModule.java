package io.unicorn.boot.bootstrap;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Recognizes that a Java runtime was made without a module that the pool needs.
 */
final class MissingModule {

	/** Modules by the beginning of a class name, as a linkage error has it. */
	private static final Map<String, String> MODULES = Map.of("com/sun/management/", "jdk.management",
			"java/lang/management/", "java.management", "javax/management/", "java.management", "sun/misc/",
			"jdk.unsupported", "jdk/net/", "jdk.net", "java/net/http/", "java.net.http");

	private MissingModule() {
	}

	/**
	 * Return the module that a failure was caused by, or {@code null} if it has another
	 * cause.
	 */
	static @Nullable String of(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof LinkageError || cause instanceof ClassNotFoundException) {
				String name = String.valueOf(cause.getMessage()).replace('.', '/');
				for (Map.Entry<String, String> module : MODULES.entrySet()) {
					if (name.contains(module.getKey())) {
						return module.getValue();
					}
				}
			}
		}
		return null;
	}

}
