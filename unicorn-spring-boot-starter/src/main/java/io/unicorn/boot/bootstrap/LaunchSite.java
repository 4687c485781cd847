package io.unicorn.boot.bootstrap;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How and where this JVM runs, as far as it matters for becoming a master.
 *
 * @param operatingSystem the name of the operating system
 * @param thread name of the thread that runs the application's main method
 * @param bottomClass class of the outermost stack frame of that thread
 * @param mainClass the application's main class, as Spring Boot knows it
 * @param jvmFlags flags of this JVM, wherever they come from
 * @param javaLauncher whether the process was started by the {@code java} program
 */
record LaunchSite(String operatingSystem, String thread, String bottomClass, @Nullable String mainClass,
		List<String> jvmFlags, boolean javaLauncher) {

	LaunchSite {
		jvmFlags = List.copyOf(jvmFlags);
	}

	/**
	 * Return where the calling thread is.
	 */
	static LaunchSite current(@Nullable Class<?> mainClass) {
		String bottom = StackWalker.getInstance()
			.walk((frames) -> frames.reduce((above, below) -> below))
			.map(StackWalker.StackFrame::getClassName)
			.orElse("");
		return new LaunchSite(System.getProperty("os.name", ""), Thread.currentThread().getName(), bottom,
				(mainClass != null) ? mainClass.getName() : null, ownFlags(),
				"SUN_STANDARD".equals(System.getProperty("sun.java.launcher")));
	}

	/**
	 * Return this place as it would be without a flag that is not the user's.
	 */
	LaunchSite without(String flag) {
		List<String> flags = new ArrayList<>(this.jvmFlags);
		flags.remove(flag);
		return new LaunchSite(this.operatingSystem, this.thread, this.bottomClass, this.mainClass, flags,
				this.javaLauncher);
	}

	/**
	 * Return the flags of this JVM, wherever they come from.
	 */
	static List<String> ownFlags() {
		return ManagementFactory.getRuntimeMXBean().getInputArguments();
	}

	boolean hasFlag(String... beginnings) {
		return this.jvmFlags.stream().anyMatch((flag) -> List.of(beginnings).stream().anyMatch(flag::startsWith));
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
	 * Whether the application was started as itself: its main method, or Spring Boot's
	 * launcher, is what the process was started for. In tests, in build tools and in
	 * servers something else is.
	 */
	boolean isApplicationItself() {
		return this.javaLauncher && this.thread.equals("main")
				&& (this.bottomClass.startsWith("org.springframework.boot.loader.launch.")
						|| this.bottomClass.equals(this.mainClass));
	}

}
