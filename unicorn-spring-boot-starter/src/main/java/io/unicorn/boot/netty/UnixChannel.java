package io.unicorn.boot.netty;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FileRegion;
import io.netty.channel.nio.AbstractNioByteChannel;
import io.unicorn.boot.server.ProxyAddresses;
import io.unicorn.boot.server.UnixSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was accepted from a Unix socket. Netty's own class cannot be
 * extended, shows the socket's file as the address of both ends, which Spring and its
 * applications do not expect, and does not know the options of TCP, so that Reactor Netty
 * would log a warning for each connection.
 */
final class UnixChannel extends AbstractNioByteChannel {

	private final ProxyAddresses addresses;

	private final ChannelConfig config = new Config();

	private volatile boolean inputShutdown;

	/**
	 * Create.
	 * @param said the addresses in the header of a proxy, or {@code null} if there is
	 * none
	 */
	UnixChannel(Channel server, SocketChannel connection, @Nullable ProxyAddresses said) {
		super(server, connection);
		this.addresses = (said != null) ? said : new ProxyAddresses(UnixSocket.ADDRESS, UnixSocket.ADDRESS);
	}

	@Override
	public ChannelConfig config() {
		return this.config;
	}

	@Override
	protected SocketChannel javaChannel() {
		return (SocketChannel) super.javaChannel();
	}

	@Override
	public boolean isActive() {
		return isOpen();
	}

	@Override
	protected SocketAddress localAddress0() {
		return this.addresses.server();
	}

	@Override
	protected SocketAddress remoteAddress0() {
		return this.addresses.client();
	}

	@Override
	protected int doReadBytes(ByteBuf buffer) throws IOException {
		var handle = unsafe().recvBufAllocHandle();
		handle.attemptedBytesRead(buffer.writableBytes());
		return buffer.writeBytes(javaChannel(), handle.attemptedBytesRead());
	}

	@Override
	protected int doWriteBytes(ByteBuf buffer) throws IOException {
		return buffer.readBytes(javaChannel(), buffer.readableBytes());
	}

	@Override
	protected long doWriteFileRegion(FileRegion region) throws IOException {
		return region.transferTo(javaChannel(), region.transferred());
	}

	@Override
	protected ChannelFuture shutdownInput() {
		try {
			javaChannel().shutdownInput();
			this.inputShutdown = true;
			return newSucceededFuture();
		}
		catch (IOException ex) {
			return newFailedFuture(ex);
		}
	}

	@Override
	protected boolean isInputShutdown0() {
		return this.inputShutdown || !isActive();
	}

	@Override
	protected void doShutdownOutput() throws IOException {
		javaChannel().shutdownOutput();
	}

	@Override
	protected void doClose() throws Exception {
		try {
			super.doClose();
		}
		finally {
			javaChannel().close();
		}
	}

	@Override
	protected void doDisconnect() throws Exception {
		doClose();
	}

	@Override
	protected void doBind(SocketAddress address) {
		throw accepted();
	}

	@Override
	protected boolean doConnect(SocketAddress remote, @Nullable SocketAddress local) {
		throw accepted();
	}

	@Override
	protected void doFinishConnect() {
		throw accepted();
	}

	private static UnsupportedOperationException accepted() {
		return new UnsupportedOperationException("the connection was accepted");
	}

	private final class Config extends DefaultChannelConfig {

		Config() {
			super(UnixChannel.this);
		}

		/** What is left out are options of TCP. */
		@Override
		public <T> boolean setOption(ChannelOption<T> option, T value) {
			var unused = super.setOption(option, value);
			return true;
		}

		@Override
		protected void autoReadCleared() {
			clearReadPending();
		}

	}

}
