package io.unicorn.boot.autoconfigure;

import java.time.Duration;

import io.unicorn.boot.server.ServerSetup;
import io.unicorn.launch.settings.WorkerClass;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * The time that a new connection has to send its request. In class sync, a client that
 * sends a part of its request blocks its worker for all other clients. The defaults of
 * the servers, half a minute or more, are too long for that.
 */
final class SyncTimeout {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private SyncTimeout() {
	}

	/**
	 * Return it, or {@code null} to leave it to the server.
	 * @param property the user's own setting
	 */
	static @Nullable Duration of(ServerSetup setup, Environment environment, String property) {
		boolean limited = setup.tuning().workerClass() == WorkerClass.SYNC && !environment.containsProperty(property);
		return limited ? TIMEOUT : null;
	}

}
