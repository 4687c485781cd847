package io.unicorn.sample.testsupport.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that runs the script of a test on each connection. Requests must have no body.
 */
public final class ScriptedServer implements AutoCloseable {

	private final ServerSocket listener;

	private final Script script;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final AtomicInteger requests = new AtomicInteger();

	private ScriptedServer(Script script) throws IOException {
		this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.script = script;
	}

	/**
	 * Start a server.
	 * @param script called for each connection, on a thread of its own; the connection is
	 * closed when it returns
	 */
	public static ScriptedServer start(Script script) throws IOException {
		ScriptedServer server = new ScriptedServer(script);
		daemon(server::accept);
		return server;
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * How many requests were read.
	 */
	public int requests() {
		return this.requests.get();
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				Socket socket = this.listener.accept();
				this.sockets.add(socket);
				daemon(() -> serve(socket));
			}
			catch (IOException ex) {
				// Closed: the loop ends. The client sees any other failure.
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			this.script.serve(new Peer(socket));
		}
		catch (IOException | InterruptedException ex) {
			// The client has closed the connection, or the test is over.
		}
		finally {
			this.sockets.remove(socket);
		}
	}

	private static void daemon(Runnable task) {
		Thread thread = new Thread(task, "scripted server");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	public interface Script {

		void serve(Peer peer) throws IOException, InterruptedException;

	}

	/**
	 * One client's connection.
	 */
	public final class Peer {

		private final Socket socket;

		private final InputStream in;

		Peer(Socket socket) throws IOException {
			this.socket = socket;
			this.in = new BufferedInputStream(socket.getInputStream());
		}

		/**
		 * Read a request to its end.
		 * @return whether there was one
		 */
		public boolean readRequest() throws IOException {
			int end = 0;
			while (end < 2) {
				int next = this.in.read();
				if (next < 0) {
					return false;
				}
				if (next != '\r') {
					end = (next == '\n') ? end + 1 : 0;
				}
			}
			ScriptedServer.this.requests.incrementAndGet();
			return true;
		}

		/**
		 * Read as many bytes.
		 */
		public void read(int bytes) throws IOException {
			this.in.skipNBytes(bytes);
		}

		public void send(String text) throws IOException {
			this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		}

		/**
		 * Close with a reset instead of an orderly end.
		 */
		public void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}

	}

}
