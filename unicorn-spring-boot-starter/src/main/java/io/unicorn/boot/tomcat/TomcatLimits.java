package io.unicorn.boot.tomcat;

import java.time.Duration;

import io.unicorn.boot.server.ServerTuning;
import io.unicorn.launch.settings.WorkerClass;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Limits the connections and threads of a worker's Tomcat.
 */
record TomcatLimits(ServerTuning tuning) {

	void apply(AbstractHttp11Protocol<?> protocol) {
		if (this.tuning.workerClass() == WorkerClass.SYNC) {
			// With one connection at a time and one request on each, the acceptor accepts
			// the next client only when this one has left.
			protocol.setMaxConnections(1);
			protocol.setMaxKeepAliveRequests(1);
			setThreads(protocol, 1);
		}
		else {
			serveMany(protocol);
		}
		if (this.tuning.connectionTimeout() != null) {
			protocol.setConnectionTimeout(Math.toIntExact(this.tuning.connectionTimeout().toMillis()));
		}
	}

	private void serveMany(AbstractHttp11Protocol<?> protocol) {
		if (this.tuning.workerClass() == WorkerClass.VIRTUAL) {
			protocol.setExecutor(new VirtualThreadExecutor("virtual-"));
		}
		else if (this.tuning.threads() != null) {
			setThreads(protocol, this.tuning.threads());
		}
		if (this.tuning.connections() != null) {
			// The acceptor waits for a free connection before it accepts, so that another
			// worker takes the next one.
			protocol.setMaxConnections(this.tuning.connections());
		}
	}

	private static void setThreads(AbstractHttp11Protocol<?> protocol, int threads) {
		protocol.setMinSpareThreads(Math.min(threads, protocol.getMinSpareThreads()));
		protocol.setMaxThreads(threads);
	}

}
