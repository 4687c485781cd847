package io.unicorn.boot;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class NettyListenerChannelTests {

	private static final int ROUNDS = 10;

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final ServerSocketChannel listener;

	private final NettyListenerChannel channel;

	NettyListenerChannelTests() throws IOException {
		this.listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.channel = new NettyListenerChannel(this.listener);
	}

	/** Binds it to another address than it has. */
	@BeforeEach
	void startEcho() throws InterruptedException {
		new ServerBootstrap().group(this.loops)
			.channelFactory(() -> this.channel)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel connection) {
					connection.pipeline().addLast(new ChannelInboundHandlerAdapter() {

						@Override
						public void channelRead(ChannelHandlerContext ctx, Object message) {
							var unused = ctx.writeAndFlush(message);
						}

					});
				}

			})
			.bind(new InetSocketAddress("192.0.2.1", 1))
			.sync();
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
	}

	private Socket connect() throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), this.listener.socket().getLocalPort());
	}

	private static void assertEcho(Socket client) throws IOException {
		client.getOutputStream().write('a');
		assertThat(client.getInputStream().read()).isEqualTo('a');
	}

	private void awaitConnections(int count) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.channel.connections()).isEqualTo(count));
	}

	@Test
	void connectionsWaitUntilTheApplicationAccepts() throws Exception {
		try (Socket client = connect()) {
			for (int i = 0; i < ROUNDS; i++) {
				this.loops.submit(() -> {
				}).sync();
				assertThat(this.channel.connections()).isZero();
			}
			this.channel.accept();
			assertEcho(client);
		}
	}

	@Test
	void openConnectionsAreCountedAndOutliveTheListener() throws Exception {
		this.channel.accept();
		try (Socket first = connect()) {
			assertEcho(first);
			try (Socket second = connect()) {
				assertEcho(second);
				awaitConnections(2);
				this.listener.close();
			}
			awaitConnections(1);
			assertEcho(first);
		}
		awaitConnections(0);
	}

}
