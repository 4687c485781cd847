package io.unicorn.boot.jetty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;

import io.unicorn.boot.server.Gates;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.worker.DrainableServer;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.http.HttpServlet;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A Jetty with one servlet on a listener that it was given, as in a worker.
 */
public final class PooledJetty implements AutoCloseable {

	private final Server server = new Server();

	private final DrainableJetty drainable;

	private final int port;

	public PooledJetty(ServerSocketChannel listener, RequestLedger ledger, HttpServlet servlet) throws Exception {
		this(listener, ledger, servlet, ServerTuning.NONE, WarmUpPlan.NONE, Integer.MAX_VALUE);
	}

	PooledJetty(ServerSocketChannel listener, RequestLedger ledger, HttpServlet servlet, ServerTuning tuning,
			WarmUpPlan warmUp, int most) throws Exception {
		this.port = (listener.getLocalAddress() instanceof InetSocketAddress address) ? address.getPort() : 0;
		ServerConnector connector = new ServerConnector(this.server, 1, 1);
		this.server.addConnector(connector);
		ServletContextHandler context = new ServletContextHandler("/");
		ServletHolder holder = new ServletHolder(servlet);
		holder.setAsyncSupported(true);
		context.addServlet(holder, "/*");
		this.server.setHandler(context);
		new JettyLimits(tuning).apply(this.server, List.of(connector));
		ConnectorAdoption adoption = new ConnectorAdoption(tuning, ledger, warmUp, Duration.ZERO);
		this.drainable = adoption.adopt(this.server, connector, Gates.on(listener), most,
				adoption.prepare(this.server));
		this.server.start();
	}

	public static ServerSocketChannel listener() throws Exception {
		return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
	}

	public DrainableServer drainable() {
		return this.drainable;
	}

	Server server() {
		return this.server;
	}

	public int port() {
		return this.port;
	}

	@Override
	public void close() {
		try {
			this.server.stop();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
