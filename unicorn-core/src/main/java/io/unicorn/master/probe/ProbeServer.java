package io.unicorn.master.probe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Answers requests by the JDK's server. The only class that needs its module, so that it
 * is not loaded where nobody asks.
 * <p>
 * The server reads a request on one of its threads as soon as its first byte is there. A
 * client that goes on no further occupies that thread until the time for a request is
 * over. All threads exist from the start, because the limit of threads may be reached
 * later.
 */
final class ProbeServer {

	/** How many clients may be slow without others having to wait. */
	private static final int THREADS = 8;

	/** Requests beyond these are refused by closing their connection. */
	private static final int WAITING = 16;

	private static final int CONNECTIONS = 64;

	/** The settings of the JDK's server, which reads them once for all servers. */
	private static final Map<String, String> SETTINGS = Map.of(
			// Seconds for a request, and for a response.
			"sun.net.httpserver.maxReqTime", "2", "sun.net.httpserver.maxRspTime", "2",
			// Seconds for which a client may send nothing, and how often, in
			// milliseconds, the server looks for one.
			"sun.net.httpserver.idleInterval", "2", "sun.net.httpserver.clockTick", "2000",
			// Bytes of a request's body that are read after the response.
			"sun.net.httpserver.drainAmount", "0",
			// Head and body are written one after the other.
			"sun.net.httpserver.nodelay", "true", "jdk.httpserver.maxConnections", Integer.toString(CONNECTIONS));

	private final HttpServer server;

	private final ThreadPoolExecutor threads;

	private final Answers answers;

	private ProbeServer(HttpServer server, Answers answers) {
		this.server = server;
		this.answers = answers;
		this.threads = new ThreadPoolExecutor(THREADS, THREADS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING),
				(task) -> {
					Thread thread = new Thread(task, "unicorn-http");
					thread.setDaemon(true);
					return thread;
				});
	}

	/**
	 * Create and start.
	 * @throws IOException if it cannot listen
	 */
	static ProbeServer start(InetSocketAddress address, Answers answers) throws IOException {
		SETTINGS.forEach(System::setProperty);
		ProbeServer started = new ProbeServer(HttpServer.create(address, CONNECTIONS), answers);
		try {
			started.begin();
			return started;
		}
		catch (RuntimeException | Error ex) {
			started.close();
			throw ex;
		}
	}

	private void begin() {
		this.threads.prestartAllCoreThreads();
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			boolean head = exchange.getRequestMethod().equals("HEAD");
			Answers.Answer answer = this.answers.to(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
			byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", answer.type());
			exchange.getResponseHeaders().set("Connection", "close");
			if (answer.status() == 405) {
				exchange.getResponseHeaders().set("Allow", "GET, HEAD");
			}
			if (head) {
				exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
			}
			exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
			if (!head) {
				exchange.getResponseBody().write(body);
			}
		}
		catch (InterruptedException ex) {
			// The server is closed.
			Thread.currentThread().interrupt();
		}
	}

	/** Close the listening socket and all connections, and end the threads. */
	void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
