package io.unicorn.sample.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.ScriptedServer;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.ProblemLog;

/**
 * Runs one client of a soak against a scripted server.
 */
final class ScriptedSoak {

	private static final int ENOUGH = 20;

	private ScriptedSoak() {
	}

	/** Run some turns of a client and return the results of its requests. */
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
