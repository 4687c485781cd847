package io.unicorn.sample.detached.rsocket;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.rsocket.ConnectionSetupPayload;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketServer;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.DefaultPayload;
import io.unicorn.boot.NettyListenerChannel;
import io.unicorn.boot.PoolDrain;
import io.unicorn.boot.PoolListeners;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpServer;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * An RSocket server that accepts from a listener of the pool. RSocket has no message for
 * the end of a connection, but each side may send requests: when the worker leaves, it
 * asks its clients to leave after the answers for which they wait.
 */
@Component
@ConditionalOnProperty("unicorn.listeners.rsocket")
public class RSocketOnPool implements SocketAcceptor, PoolDrain.Connections {

	private static final String LEAVE = "leave";

	private final Set<RSocket> clients = ConcurrentHashMap.newKeySet();

	private final NettyListenerChannel channel;

	private volatile boolean ending;

	RSocketOnPool(PoolListeners listeners, PoolDrain drain) throws IOException {
		this.channel = new NettyListenerChannel(listeners.open("rsocket"));
		TcpServer server = TcpServer.create().runOn(new ListenerLoops(this.channel), false);
		RSocketServer.create(this).bindNow(TcpServerTransport.create(server));
		drain.register(this);
	}

	@EventListener(ApplicationReadyEvent.class)
	void accept() {
		this.channel.accept();
	}

	@Override
	public Mono<RSocket> accept(ConnectionSetupPayload setup, RSocket client) {
		this.clients.add(client);
		var unused = client.onClose().onErrorComplete().subscribe(null, null, () -> this.clients.remove(client));
		if (this.ending) {
			askToLeave(client);
		}
		return Mono.just(new RSocket() {

			@Override
			public Mono<Payload> requestResponse(Payload request) {
				return answer(request);
			}

		});
	}

	private static Mono<Payload> answer(Payload request) {
		String text = ProcessHandle.current().pid() + " " + request.getDataUtf8();
		request.release();
		return Mono.just(DefaultPayload.create(text));
	}

	@Override
	public void end() {
		this.ending = true;
		this.clients.forEach(RSocketOnPool::askToLeave);
	}

	private static void askToLeave(RSocket client) {
		var unused = client.metadataPush(DefaultPayload.create("", LEAVE)).onErrorComplete().subscribe();
	}

	@Override
	public int count() {
		return this.channel.connections();
	}

}
