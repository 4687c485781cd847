package io.unicorn.sample.bench;

import java.nio.file.Path;

import io.unicorn.sample.bench.workload.StubApplication;
import io.unicorn.sample.testsupport.AppJar;

/**
 * The jars that are compared. They differ by the starter and the libraries that it
 * brings, and by nothing else.
 *
 * @param pool the sample application
 * @param plain the same without the starter
 * @param stubs an application with stub workers
 */
record BenchJars(Path pool, Path plain, Path stubs) {

	private static final String LIBRARIES = "BOOT-INF/lib";

	private static final String PROFILE = "spring.profiles.active=bench";

	/**
	 * Make the jars.
	 * @param directory the directory of the jars
	 */
	static BenchJars in(Path directory) {
		return new BenchJars(application().overwrite(directory.resolve("pool.jar")),
				withoutStarter(application()).overwrite(directory.resolve("plain.jar")),
				AppJar.version("bench")
					.with(StubApplication.class)
					.with(silence())
					.manifest("Start-Class", StubApplication.class.getName())
					.overwrite(directory.resolve("stubs.jar")));
	}

	private static AppJar application() {
		return AppJar.version("bench").with(PROFILE).with(BenchController.class).with(SessionBenchController.class);
	}

	private static AppJar withoutStarter(AppJar jar) {
		for (String name : new String[] { "unicorn-core-", "unicorn-spring-boot-starter-", "jnr-unixsocket-",
				"jnr-ffi-", "jnr-posix-", "jnr-enxio-", "jnr-constants-", "jnr-a64asm-", "jnr-x86asm-", "jffi-",
				"jffi-", "asm-9", "asm-analysis-", "asm-commons-", "asm-tree-", "asm-util-", "spring-session-core-",
				"spring-session-jdbc-", "spring-jdbc-", "spring-tx-", "sqlite-jdbc-" }) {
			jar.without(LIBRARIES, name);
		}
		return jar;
	}

	private static Class<?> silence() {
		return StubApplication.class.getDeclaredClasses()[0];
	}

}
