package io.unicorn.sample.rollout;

import java.time.Duration;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.ReadyWatcher;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for longer than {@code ServerContract} does that replacing workers under full
 * load loses no request. The clients never pause, and more of them wait than there are
 * request threads. The number of threads is limited and some requests sleep, so that the
 * load leaves processor time to booting workers: with 200 threads each, one replacement
 * takes minutes on two cores.
 */
@Alone
@OneJdk
@Nightly
class LosslessIT {

	private static final int WORKERS = 2;

	/** There is a roll-out for every four. */
	private static final int RETIREMENTS = 20;

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final Pattern RELOADED = Pattern.compile("roll-out \\d+: complete: ");

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void retirementsAndReloadsLoseNoRequest() {
		RunningPool pool = start("--unicorn.threads=4", "--unicorn.max-requests=1500",
				"--unicorn.max-requests-jitter=500");
		ReadyWatcher watcher = this.pools.closing(pool.watchReady());
		LoadClient load = startLoad(pool);

		for (int reload = 1; reload <= RETIREMENTS / 4; reload++) {
			awaitRetirements(pool, 4 * reload - 3);
			reload(pool);
		}
		JsonNode last = awaitRetirements(pool, RETIREMENTS);

		assertLossless(load, watcher);
		assertThat(last.path("master").path("generation").asInt()).isEqualTo(1 + RETIREMENTS / 4);
		assertThat(pool.stop()).isZero();
	}

	@Test
	void syncWorkersLoseNoRequestEither() {
		RunningPool pool = start("--unicorn.worker-class=sync", "--unicorn.max-requests=300",
				"--unicorn.max-requests-jitter=100");
		ReadyWatcher watcher = this.pools.closing(pool.watchReady());
		LoadClient load = startLoad(pool);

		awaitRetirements(pool, 1);
		reload(pool);
		awaitRetirements(pool, 3);

		assertLossless(load, watcher);
		assertThat(pool.stop()).isZero();
	}

	private RunningPool start(String... args) {
		RunningPool pool = this.pools
			.start(RunningPool.builder().bootingFast().args("--unicorn.workers=" + WORKERS).args(args));
		pool.awaitReady(WORKERS);
		return pool;
	}

	private LoadClient startLoad(RunningPool pool) {
		return this.pools.closing(pool.mixedLoad(32).start());
	}

	private static JsonNode awaitRetirements(RunningPool pool, int count) {
		return pool.awaitPool(count + " retirements", (seen) -> retirements(seen) >= count, TIMEOUT);
	}

	private static int retirements(JsonNode pool) {
		return pool.path("exits").path("max-requests").asInt(0);
	}

	private static void reload(RunningPool pool) {
		int mark = pool.mark();
		pool.signal("HUP");
		pool.awaitOutputAfter(mark, RELOADED, TIMEOUT);
	}

	private static void assertLossless(LoadClient load, ReadyWatcher watcher) {
		Report report = load.stop();
		watcher.close();
		System.out.println(report);
		System.out.println(watcher);
		report.assertFlawless();
		assertThat(watcher.failures()).isEmpty();
		assertThat(watcher.minReady()).isEqualTo(WORKERS);
		assertThat(watcher.maxLive()).isLessThanOrEqualTo(WORKERS + 1);
	}

}
