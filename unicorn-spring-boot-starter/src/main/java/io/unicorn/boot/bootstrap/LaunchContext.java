package io.unicorn.boot.bootstrap;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Describes how this JVM was started, as far as pool activation depends on it.
 *
 * @param operatingSystem the name of the operating system
 * @param thread name of the thread that runs the application's main method
 * @param bottomClass class of the outermost stack frame of that thread
 * @param mainClass the application's main class, as Spring Boot knows it
 * @param jvmFlags flags of this JVM from all sources
 * @param javaLauncher whether the process was started by the {@code java} program
 */
record LaunchContext(String operatingSystem, String thread, String bottomClass, @Nullable String mainClass,
		List<String> jvmFlags, boolean javaLauncher) {

	LaunchContext {
		jvmFlags = List.copyOf(jvmFlags);
	}

	/**
	 * Return the context of the calling thread.
	 */
	static LaunchContext current(@Nullable Class<?> mainClass) {
		String bottom = StackWalker.getInstance()
			.walk((frames) -> frames.reduce((above, below) -> below))
			.map(StackWalker.StackFrame::getClassName)
			.orElse("");
		return new LaunchContext(System.getProperty("os.name", ""), Thread.currentThread().getName(), bottom,
				(mainClass != null) ? mainClass.getName() : null,
				ManagementFactory.getRuntimeMXBean().getInputArguments(),
				"SUN_STANDARD".equals(System.getProperty("sun.java.launcher")));
	}

	/**
	 * Return this context without a flag that the user has not set.
	 */
	LaunchContext without(String flag) {
		List<String> flags = new ArrayList<>(this.jvmFlags);
		flags.remove(flag);
		return new LaunchContext(this.operatingSystem, this.thread, this.bottomClass, this.mainClass, flags,
				this.javaLauncher);
	}

	boolean hasFlag(String... prefixes) {
		return this.jvmFlags.stream().anyMatch((flag) -> List.of(prefixes).stream().anyMatch(flag::startsWith));
	}

	/**
	 * Whether the main method is one that every {@code java -jar} accepts. Spring Boot's
	 * launcher accepts others, too.
	 */
	boolean hasOrdinaryMain(ClassLoader classLoader) {
		try {
			Class<?> type = Class.forName(String.valueOf(this.mainClass), false, classLoader);
			return Modifier.isStatic(type.getMethod("main", String[].class).getModifiers());
		}
		catch (ClassNotFoundException | NoSuchMethodException ex) {
			return false;
		}
	}

	/**
	 * Whether the process was started for this application: the outermost frame of the
	 * main thread is the application's main method or Spring Boot's launcher. In tests,
	 * in build tools and in servers it is another class.
	 */
	boolean isApplicationItself() {
		return this.javaLauncher && this.thread.equals("main")
				&& (this.bottomClass.startsWith("org.springframework.boot.loader.launch.")
						|| this.bottomClass.equals(this.mainClass));
	}

}
