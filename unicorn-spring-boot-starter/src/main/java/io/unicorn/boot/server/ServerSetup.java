package io.unicorn.boot.server;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.worker.AcceptDelay;
import io.unicorn.worker.InheritedListeners;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;
import org.jspecify.annotations.Nullable;

/**
 * Says how a web server runs in a worker, whichever product it is.
 *
 * @param agent starts and drains the server
 * @param listener name of the first listener that it accepts from
 * @param spread whether other workers share the listeners, so that this one leaves
 * connections to them
 * @param ledger counts the requests, or {@code null} to count none
 * @param tuning limits connections and threads
 * @param warmUp how the server is warmed up
 * @param slowRequest the age from which on a request is logged, zero for none
 * @param proxied what the proxies say that begin each connection with a header, or
 * {@code null} if there is no header
 */
public record ServerSetup(WorkerAgent agent, String listener, boolean spread, @Nullable RequestLedger ledger,
		ServerTuning tuning, WarmUpPlan warmUp, Duration slowRequest, @Nullable ProxiedConnections proxied) {

	/**
	 * Return the setup of the application's own server.
	 */
	public static ServerSetup ofApplication(WorkerAgent agent, boolean spread, RequestLedger ledger,
			ServerTuning tuning, WarmUpPlan warmUp, Duration slowRequest, @Nullable ProxiedConnections proxied) {
		return new ServerSetup(agent, LaunchPlan.HTTP, spread, ledger, tuning, warmUp, slowRequest, proxied);
	}

	/**
	 * Return the setup of a management server on a port of its own. Its requests are not
	 * counted: probes must not use up a worker's max-requests.
	 */
	public static ServerSetup ofManagement(WorkerAgent agent) {
		return new ServerSetup(agent, LaunchPlan.MANAGEMENT, false, null, ServerTuning.NONE, WarmUpPlan.NONE,
				Duration.ZERO, null);
	}

	/**
	 * Return this setup with the time that a new connection has to send its request.
	 */
	public ServerSetup withConnectionTimeout(@Nullable Duration timeout) {
		return new ServerSetup(this.agent, this.listener, this.spread, this.ledger,
				new ServerTuning(this.tuning.workerClass(), this.tuning.threads(), this.tuning.connections(), timeout),
				this.warmUp, this.slowRequest, this.proxied);
	}

	/**
	 * Open a gate to the listeners with a name: {@code http}, {@code http-2}, and so on.
	 * @param name the name of the first one
	 * @param silence how long a client may be silent without taking a place in the
	 * server, zero if each connection takes one at once
	 * @param room whether the server can serve one more connection at once
	 * @throws IllegalStateException if this worker has no such listener
	 */
	public AcceptGate gate(String name, Duration silence, BooleanSupplier room) {
		try {
			List<ServerSocketChannel> listeners = new InheritedListeners(
					System.getProperty(WorkerCommand.LISTENERS_PROPERTY, ""))
				.takeAll(name);
			return new AcceptGate(listeners, arrivals(listeners, silence),
					this.spread ? AcceptDelay.spreading() : AcceptDelay.none(), room);
		}
		catch (IOException ex) {
			throw new IllegalStateException("The web server cannot listen for the pool: " + ex.getMessage(), ex);
		}
	}

	private Arrivals arrivals(List<ServerSocketChannel> listeners, Duration silence) throws IOException {
		if (this.proxied != null) {
			return Arrivals.proxiedAt(listeners, silence, this.proxied);
		}
		return silence.isZero() ? Arrivals.at(listeners) : Arrivals.readableAt(listeners, silence);
	}

}
