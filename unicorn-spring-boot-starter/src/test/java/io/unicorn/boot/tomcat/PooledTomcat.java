package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.Arrivals;
import io.unicorn.boot.server.Gates;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.tomcat.sse.EventStreamValve;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.http.HttpServlet;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.UpgradeProtocol;

/**
 * A Tomcat with one servlet on a listener that it was given, as in a worker.
 */
public final class PooledTomcat implements AutoCloseable {

	private final Tomcat tomcat = new Tomcat();

	private final PoolHttp11Protocol protocol;

	public PooledTomcat(ServerSocketChannel listener, Path directory, RequestLedger ledger, HttpServlet servlet)
			throws IOException, LifecycleException {
		this(listener, directory, ledger, servlet, List.of());
	}

	public PooledTomcat(ServerSocketChannel listener, Path directory, RequestLedger ledger, HttpServlet servlet,
			List<UpgradeProtocol> upgrades) throws IOException, LifecycleException {
		this(Gates.on(listener), directory, ledger, servlet, upgrades, -1);
	}

	/** Of class sync. */
	static PooledTomcat sync(ServerSocketChannel listener, Path directory, RequestLedger ledger, HttpServlet servlet)
			throws IOException, LifecycleException {
		Arrivals arrivals = Arrivals.readableAt(List.of(listener), Duration.ofMinutes(5));
		return new PooledTomcat(Gates.on(listener, arrivals), directory, ledger, servlet, List.of(), 1);
	}

	/** Behind proxies. */
	static PooledTomcat proxied(ServerSocketChannel listener, Path directory, RequestLedger ledger, HttpServlet servlet,
			ProxiedConnections proxied) throws IOException, LifecycleException {
		Arrivals arrivals = Arrivals.proxiedAt(List.of(listener), Duration.ZERO, proxied);
		PooledTomcat tomcat = new PooledTomcat(Gates.on(listener, arrivals), directory, ledger, servlet, List.of(), -1);
		tomcat.protocol.show(proxied);
		return tomcat;
	}

	private PooledTomcat(AcceptGate gate, Path directory, RequestLedger ledger, HttpServlet servlet,
			List<UpgradeProtocol> upgrades, int connections) throws IOException, LifecycleException {
		Connector connector = new Connector(PoolHttp11Protocol.class.getName());
		this.protocol = (PoolHttp11Protocol) connector.getProtocolHandler();
		ConnectionTerminator terminator = new ConnectionTerminator();
		this.protocol.attach(gate, terminator);
		this.protocol.setMaxConnections(connections);
		this.protocol.setKeepAliveTimeout(20_000);
		upgrades.forEach(connector::addUpgradeProtocol);
		connector.setPort(0);
		// As Spring Boot does; without it Tomcat does not close gracefully.
		connector.setProperty("bindOnInit", "false");
		this.tomcat.setBaseDir(directory.toString());
		this.tomcat.getEngine().setName("Tomcat-" + System.identityHashCode(this));
		this.tomcat.setConnector(connector);
		this.tomcat.getEngine().getPipeline().addValve(new RequestLedgerValve(ledger));
		this.tomcat.getEngine().getPipeline().addValve(new LoopbackValve());
		this.tomcat.getEngine().getPipeline().addValve(new EventStreamValve(terminator.streams()));
		Context context = this.tomcat.addContext("", directory.toString());
		terminator.sessions().add(context);
		Wrapper wrapper = Tomcat.addServlet(context, "servlet", servlet);
		wrapper.setAsyncSupported(true);
		context.addServletMappingDecoded("/*", "servlet");
		this.tomcat.start();
	}

	/** Only before {@link PoolHttp11Protocol#startAccepting()}. */
	PooledTomcat warmedUpBy(WarmUpPlan plan) {
		this.protocol.warmUpBy(plan);
		return this;
	}

	public PoolHttp11Protocol protocol() {
		return this.protocol;
	}

	Connector connector() {
		return this.tomcat.getConnector();
	}

	public int awaitNoConnections(Duration timeout) {
		return this.protocol.awaitNoConnections(timeout);
	}

	@Override
	public void close() throws LifecycleException {
		this.tomcat.stop();
		this.tomcat.destroy();
	}

}
