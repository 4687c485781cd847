package io.unicorn.boot.server;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

import io.unicorn.worker.WaitingConnections;

/**
 * Accepts by a call that blocks in the kernel.
 */
final class BlockingArrivals implements Arrivals {

	private final ServerSocketChannel listener;

	private final WaitingConnections waiting;

	BlockingArrivals(ServerSocketChannel listener) {
		this.listener = listener;
		this.waiting = new WaitingConnections(listener);
	}

	@Override
	public SocketChannel accept() throws IOException {
		return this.listener.accept();
	}

	@Override
	public boolean haveArrived() {
		return this.waiting.exist();
	}

	@Override
	public int waiting() {
		return 0;
	}

	/**
	 * Closes this process's copy of the shared socket and nothing else. A blocked
	 * {@code accept()} returns at once; one that has a connection returns it.
	 */
	@Override
	public List<SocketChannel> close() throws IOException {
		this.listener.close();
		return List.of();
	}

}
