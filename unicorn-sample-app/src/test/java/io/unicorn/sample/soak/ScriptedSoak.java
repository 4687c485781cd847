package io.unicorn.sample.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import io.unicorn.sample.Dialer;
import io.unicorn.sample.LoadRequest;
import io.unicorn.sample.ProblemLog;
import io.unicorn.sample.ScriptedServer;

/**
 * One client of a soak against a server that does what a test says.
 */
final class ScriptedSoak {

	private static final int ENOUGH = 20;

	private ScriptedSoak() {
	}

	/** Let a client of a kind take some turns, and return what became of its requests. */
	static Ledger run(Kind kind, ScriptedServer.Script script) throws IOException, InterruptedException {
		try (ScriptedServer server = ScriptedServer.start(script)) {
			Progress progress = new Progress();
			Client client = new Client(kind, 0, Dialer.to(server.port()), List.of(LoadRequest.get("/")),
					new Client.Pace(Duration.ZERO, Duration.ofMillis(5)), progress, new ProblemLog(0));
			Thread thread = new Thread(client);
			thread.start();
			while (progress.sentCount() < ENOUGH) {
				Thread.onSpinWait();
			}
			progress.stop();
			thread.join();
			client.ledger().requireBalance();
			return client.ledger();
		}
	}

}
