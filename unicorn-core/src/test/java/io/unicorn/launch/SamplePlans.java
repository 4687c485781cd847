package io.unicorn.launch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A launch plan in which everything is set.
 */
final class SamplePlans {

	private SamplePlans() {
	}

	static LaunchPlan full() {
		Map<String, Integer> listeners = new LinkedHashMap<>();
		listeners.put("http", 17);
		listeners.put("management", 12);
		listeners.put("admin", 99);
		return new LaunchPlan("shop",
				new PoolSettings(OptionalInt.of(3), WorkerClass.SYNC, Duration.ofSeconds(30), Duration.ofSeconds(31),
						Duration.ofSeconds(32), Duration.ofSeconds(33), true,
						new RolloutSettings(2, 1, Duration.ofSeconds(34)), AotCache.OFF),
				5,
				List.of(new ListenAddress("http", null, 8080, 100), new ListenAddress("management", "::1", 0, 1),
						new ListenAddress("admin", "127.0.0.1", 9, 2)),
				listeners, "/opt/j\u00c3\u00a4va/bin/java",
				new JavaCommandLine("java", List.of("-Xmx1g", "-agentlib:jdwp=server=y,address=5005"),
						List.of("-jar", "b\u00c3\u00bccher.jar", "", "two words", "line\nbreak\t\u00ff")),
				new Generation("00ff", Path.of("/work/generations/00ff"), Path.of("/work/generations/00ff/b.jar"),
						Generation.Form.COPIED),
				List.of("-XX:+ExitOnOutOfMemoryError"),
				List.of("JAVA_TOOL_OPTIONS=-Dx=\u00e2\u0082\u00ac -agentlib:jdwp=server=y -Dy"),
				List.of("-agentlib:jdwp=server=y,address=5005"), List.of("/run/shop.pid", "/tmp/b.pid"),
				"/var/log/shop.log", List.of("first notice", "second notice \u20ac"),
				new MasterProgram("/work", List.of("/work/lib/a.jar", "/work/lib/b.jar"), "/work/lib"));
	}

	static LaunchPlan bare() {
		return new LaunchPlan("",
				new PoolSettings(OptionalInt.empty(), WorkerClass.GTHREAD, Duration.ZERO, Duration.ofSeconds(1),
						Duration.ZERO, Duration.ZERO, false, RolloutSettings.DEFAULT, AotCache.AUTO),
				1, List.of(new ListenAddress("http", null, 8080, 100)), Map.of("http", 4), "/bin/java",
				new JavaCommandLine("java", List.of(), List.of("Main")), null, List.of(), List.of(), List.of(),
				List.of(), null, List.of(), new MasterProgram("/work", List.of(), null));
	}

}
