# SPDX-License-Identifier: GPL-2.0
# story: load, enable, echo, a foreign livepatch, reapply, disable, unload on a kernel of each series
# kernel: bookworm trixie
# packed: yes

. words.sh

steer eth0 1
step load load_plain
step enable expect 0 kbpctl enable --cores 1
served 1
same 'how it is served' 'armed adaptive auto' \
	"$(for field in irq idle away; do status_field cores.1.config.$field; done | in_a_line)"
step echo busy 1 lossless host_echo
step foreign_in foreign_in 15000
step foreign_out foreign_out 15000
served 1
busy 1 lossless guest_echo 300

expect 0 kbpctl set --cores 1 --irq masked --idle adaptive:300 --save
same 'the saved state' '[[serve]] cores = "1" irq = "masked" idle = "adaptive:300"' \
	"$(grep -v '^#' /etc/kbp/kbp.toml | in_a_line)"
insmod /lib/kbp/tests/kbp_foreign.ko replace=1
until_true 30 'the foreign livepatch is in' foreign_is_in
yielded 1 'hooks replaced'
step reapply_hooks expect 0 kbpctl reapply
served 1
quiet 1 lossless guest_echo 200
foreign_out 15000
expect 0 kbpctl reapply
says 'already loaded' 'already enabled'
unload
step reapply_boot expect 0 kbpctl reapply
same 'how it is served' 'masked adaptive 300' \
	"$(status_field cores.1.config.irq) $(status_field cores.1.config.idle) $(status_field cores.1.config.spin_us)"
quiet 1 lossless guest_echo 200
step disable expect 0 kbpctl disable
off 1
step unload unload
busy 1 lossless guest_echo 100
