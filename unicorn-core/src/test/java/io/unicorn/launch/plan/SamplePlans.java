package io.unicorn.launch.plan;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.Hook;
import io.unicorn.launch.settings.HookSettings;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.ProbeAddress;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;

/**
 * Provides launch plans for tests.
 */
public final class SamplePlans {

	private SamplePlans() {
	}

	/** Return a plan in which everything is set. */
	static LaunchPlan full() {
		Map<String, Integer> listeners = new LinkedHashMap<>();
		listeners.put("http", 17);
		listeners.put("management", 12);
		listeners.put("admin", 99);
		return new LaunchPlan("shop",
				new PoolSettings(OptionalInt
					.of(3), WorkerClass.SYNC, Duration.ofSeconds(30), Duration.ofSeconds(31), Duration.ofSeconds(32),
						Duration.ofSeconds(33), true, new RolloutSettings(2, 1, Duration.ofSeconds(34)), AotCache.OFF),
				5,
				new LaunchPlan.Bindings(List.of(new ListenAddress("http", null, 8080, 100),
						new ListenAddress("management", "::1", 0, 1), new ListenAddress("admin", "127.0.0.1", 9, 2)),
						listeners, List.of("http", "unknown")),
				new LaunchPlan.Workers("/opt/j\u00c3\u00a4va/bin/java",
						new JavaCommandLine("java", List.of("-Xmx1g", "-agentlib:jdwp=server=y,address=5005"),
								List.of("-jar", "b\u00c3\u00bccher.jar", "", "two words", "line\nbreak\t\u00ff")),
						new Generation("00ff", Path.of("/work/generations/00ff"),
								Path.of("/work/generations/00ff/b.jar"), Generation.Form.COPIED),
						List.of("-XX:+ExitOnOutOfMemoryError"),
						List.of("JAVA_TOOL_OPTIONS=-Dx=\u00e2\u0082\u00ac -agentlib:jdwp=server=y -Dy"),
						List.of("-agentlib:jdwp=server=y,address=5005")),
				new LaunchPlan.Master("/work", List.of("/work/lib/a.jar", "/work/lib/b.jar"), "/work/lib",
						List.of("/run/shop.pid", "/tmp/b.pid"),
						new MasterLog("/var/log/shop.log", List.of("{1}", "{2}", "{3}"), List.of("a", "b\n", "c")),
						Map.of("http", "/run/app.port"),
						new LaunchPlan.Probe(new ProbeAddress("fe80::1%eth0", 9090), 2),
						new HookSettings(Map.of(Hook.ON_EXIT, "echo \u20ac\nexit 3", Hook.WHEN_READY, ":"),
								Duration.ofMillis(1500))),
				List.of("first notice", "second notice \u20ac"));
	}

	/** Return a plan in which nothing optional is set. */
	public static LaunchPlan bare() {
		return new LaunchPlan("",
				new PoolSettings(OptionalInt.empty(), WorkerClass.GTHREAD, Duration.ZERO, Duration.ofSeconds(1),
						Duration.ZERO, Duration.ZERO, false, RolloutSettings.DEFAULT, AotCache.AUTO),
				1, new LaunchPlan.Bindings(List.of(new ListenAddress("http", null, 8080, 100)), Map.of("http", 4)),
				new LaunchPlan.Workers("/bin/java", new JavaCommandLine("java", List.of(), List.of("Main")), null,
						List.of(), List.of(), List.of()),
				new LaunchPlan.Master("/work", List.of(), null, List.of(), MasterLog.TEXT, Map.of()), List.of());
	}

}
