package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.load.LoadFigures;
import io.unicorn.sample.bench.load.Wrk;
import io.unicorn.sample.bench.report.Goal;
import io.unicorn.sample.bench.report.Spread;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.RunningPool;

/**
 * Measures each web server as a pool of two workers beside the same application in one
 * process, and, where the JDK has virtual threads, workers of class virtual beside those
 * of class gthread with requests that wait. One process is the same jar with
 * {@code unicorn.enabled=false}.
 */
public final class Servers implements Workload {

	private static final String PATH = "/whoami";

	private static final String WAITING = "/sleep?ms=50";

	private static final long WARM_UP = 100_000;

	private static final long WARM_UP_WAITING = 20_000;

	private static final int CONNECTIONS = 32;

	/** More than two workers have threads by default. */
	private static final int MANY_CONNECTIONS = 1000;

	private static final int FIRST_JDK_WITH_VIRTUAL_THREADS = 21;

	@Override
	public String name() {
		return "servers";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		Map<String, Supplier<AppJar>> servers = new LinkedHashMap<>();
		servers.put("Tomcat", () -> AppJar.version("bench"));
		servers.put("Jetty", AppJar::jetty);
		servers.put("Reactor Netty", AppJar::reactive);
		for (Map.Entry<String, Supplier<AppJar>> server : servers.entrySet()) {
			Path jar = server.getValue().get().overwrite(bench.directory(server.getKey().replace(' ', '-') + ".jar"));
			compare(bench, server.getKey(), jar);
			if (bench.jdk().feature() >= FIRST_JDK_WITH_VIRTUAL_THREADS && !server.getKey().equals("Reactor Netty")) {
				compareClasses(bench, server.getKey(), jar);
			}
		}
	}

	private static PoolBuilder pool(Bench bench, Path jar, String... args) {
		return RunningPool.builder()
			.jar(jar)
			.javaHome(bench.jdk().home())
			.withoutEnv("UNICORN_ROLLOUT_OBSERVE")
			.args("--unicorn.workers=2", "--logging.level.root=warn", "--logging.level.io.unicorn=info")
			.args(args);
	}

	private static void compare(Bench bench, String server, Path jar) throws IOException, InterruptedException {
		App plain = bench.start(pool(bench, jar, "--unicorn.enabled=false"));
		App two = bench.start(pool(bench, jar)).complete();
		Wrk wrk = new Wrk(bench.settings(), CONNECTIONS);
		wrk.warmUp(bench, plain.port(), PATH, WARM_UP);
		wrk.warmUp(bench, two.port(), PATH, 2 * WARM_UP);
		measure(bench, wrk, PATH, new Side(server + ", plain", plain), new Side(server + ", 2 workers", two),
				server + ", 2 workers against 1 plain JVM: requests/s");
	}

	private static void compareClasses(Bench bench, String server, Path jar) throws IOException, InterruptedException {
		App threads = bench.start(pool(bench, jar)).complete();
		App virtual = bench.start(pool(bench, jar, "--unicorn.worker-class=virtual")).complete();
		Wrk wrk = new Wrk(bench.settings(), MANY_CONNECTIONS);
		wrk.warmUp(bench, threads.port(), WAITING, WARM_UP_WAITING);
		wrk.warmUp(bench, virtual.port(), WAITING, WARM_UP_WAITING);
		measure(bench, wrk, WAITING, new Side(server + ", gthread, waits 50 ms", threads),
				new Side(server + ", virtual, waits 50 ms", virtual),
				server + ", virtual against gthread, requests that wait 50 ms: requests/s");
	}

	/** What is compared. */
	private record Side(String name, App app) {

	}

	private static void measure(Bench bench, Wrk wrk, String path, Side one, Side other, String ratio)
			throws IOException, InterruptedException {
		List<LoadFigures> ofOne = new ArrayList<>();
		List<LoadFigures> ofOther = new ArrayList<>();
		Duration time = bench.settings().seconds(5);
		for (int i = 0; bench.isAnotherRound(i, 4); i++) {
			bench.inTurns(i, () -> ofOne.add(wrk.run(bench, one.app().port(), path, time)),
					() -> ofOther.add(wrk.run(bench, other.app().port(), path, time)));
		}
		List<Double> first = ofOne.stream().map(LoadFigures::perSecond).toList();
		List<Double> second = ofOther.stream().map(LoadFigures::perSecond).toList();
		bench.measured(one.name(), "requests", "requests/s", first);
		bench.measured(other.name(), "requests", "requests/s", second);
		bench.measured(one.name(), "p99", "ms", ofOne.stream().map(LoadFigures::p99).toList());
		bench.measured(other.name(), "p99", "ms", ofOther.stream().map(LoadFigures::p99).toList());
		bench.judge(ratio, Goal.atLeast(1, ""), Spread.ratios(second, first));
		long errors = ofOther.stream().mapToLong(LoadFigures::errors).sum();
		if (errors > 0) {
			bench.remark(errors + " requests went wrong at " + other.name());
		}
		bench.end(one.app());
		bench.end(other.app());
	}

}
