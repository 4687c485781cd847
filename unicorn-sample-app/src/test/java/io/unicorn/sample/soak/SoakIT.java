package io.unicorn.sample.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests ten roll-outs under clients of all kinds: no request is lost or answered wrongly,
 * and enough workers are always ready. The load leaves processor time to booting workers;
 * {@code soak/run} runs longer with more load.
 */
@Nightly
@OneJdk
@Alone
class SoakIT {

	private static final int RATE = 300;

	/** A handshake costs more than a small request. */
	private static final int TLS_RATE = 150;

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	Path directory;

	@Test
	void rollOutsLoseNothing() throws Exception {
		soak(UnicornServer.Security.PLAIN, RATE, 6);
	}

	@Test
	void rollOutsUnderTlsLoseNothing() throws Exception {
		soak(UnicornServer.Security.TLS, TLS_RATE, 4);
	}

	private void soak(UnicornServer.Security security, int rate, int rollouts) throws Exception {
		UnicornServer server = this.pools.closing(
				UnicornServer.start(RunningPool.builder().bootingFast(), security, this.directory, this.pools::start));
		Plan plan = new Plan(rollouts, 0, Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(4));

		SoakResult result = new Soak(server, plan).run(Mix.all(rate),
				H2Load.isInstalled() ? new H2Load(server.dialer()) : null);

		System.out.println(SoakTable.servers(List.of(result)));
		System.out.println(SoakTable.details(result));
		System.out.println(server.watcher());
		assertThat(result.complaints()).isEmpty();
		assertThat(result.rollouts()).hasSize(rollouts);
		assertThat(result.samples()).isEmpty();
		assertThat(result.isFlawless()).as(result.toString()).isTrue();
		assertThat(result.ledgers().values()).allMatch((ledger) -> ledger.rightCount() > 0);
		assertThat(server.watcher().maxLive()).isLessThanOrEqualTo(UnicornServer.WORKERS + 1);
	}

}
