import { expect, test } from "bun:test";
import { bareModelId, capabilitiesOf } from "../../src/model/capabilities.ts";
import type { Price, TokenPrice } from "../../src/model/capabilities-columns.ts";

/**
 * The data that AWS publishes, transcribed independently of the capabilities table. Columns: id; APIs, the preferred
 * one first, and the endpoint of Responses; system prompt and stop sequences, y or n; tools, s(treaming), w(ithout
 * streaming) or n(one); tool choices; files; minimum of cached tokens; reasoning, and how it is switched off; context
 * and output in thousands of tokens; minimum output; price of input/output/cache read/cache write, and that of longer
 * requests.
 */
const PUBLISHED = `
anthropic.claude-3-haiku-20240307-v1:0          converse         y y s auto,any,tool image,document -    none                      200      4.096   1  .25/1.25
anthropic.claude-3-sonnet-20240229-v1:0         converse         y y s auto,any,tool image,document -    none                      200      4.096   1  3/15
us.anthropic.claude-3-opus-20240229-v1:0        converse         y y s auto,any,tool image,document -    none                      200      4.096   1  15/75
anthropic.claude-3-5-sonnet-20240620-v1:0       converse         y y s auto,any,tool image,document -    none                      200      8.192   1  3/15/.3/3.75
us.anthropic.claude-3-5-sonnet-20241022-v2:0    converse         y y s auto,any,tool image,document -    none                      200      8.192   1  3/15/.3/3.75
us.anthropic.claude-3-5-haiku-20241022-v1:0     converse         y y s auto,any,tool document       2048 none                      200      8.192   1  .8/4/.08/1
us.anthropic.claude-3-7-sonnet-20250219-v1:0    converse         y y s auto,any,tool image,document 1024 budget                    200      64      1  3/15/.3/3.75
us.anthropic.claude-sonnet-4-20250514-v1:0      converse         y y s auto,any,tool image,document 1024 budget                    200      64      1  3/15/.3/3.75
us.anthropic.claude-opus-4-20250514-v1:0        converse         y y s auto,any,tool image,document 1024 budget                    200      32      1  15/75/1.5/18.75
us.anthropic.claude-opus-4-1-20250805-v1:0      converse         y y s auto,any,tool image,document 1024 budget                    200      32      1  15/75/1.5/18.75
us.anthropic.claude-sonnet-4-5-20250929-v1:0    converse         y y s auto,any,tool image,document 1024 budget                    200      64      1  3.3/16.5/.33/4.125
us.anthropic.claude-haiku-4-5-20251001-v1:0     converse         y y s auto,any,tool image,document 4096 budget                    200      64      1  1.1/5.5/.11/1.375
us.anthropic.claude-opus-4-5-20251101-v1:0      converse         y y s auto,any,tool image,document 4096 budget                    200      64      1  5.5/27.5/.55/6.875
us.anthropic.claude-sonnet-4-6                  converse         y y s auto,any,tool image,document 2048 adaptive                  1000     64      1  3.3/16.5/.33/4.125
us.anthropic.claude-opus-4-6-v1                 converse         y y s auto,any,tool image,document 4096 adaptive                  1000     128     1  5.5/27.5/.55/6.875
us.anthropic.claude-opus-4-7                    converse         y y s auto,any,tool image,document 2048 adaptive                  1000     128     1  5.5/27.5/.55/6.875
us.anthropic.claude-opus-4-8                    converse         y y s auto,any,tool image,document 1024 adaptive                  1000     128     1  5.5/27.5/.55/6.875
us.anthropic.claude-opus-5                      converse         y y s auto,any,tool image,document 512  adaptive:disabled         1000     128     1  5.5/27.5/.55/6.875
us.anthropic.claude-sonnet-5                    converse         y y s auto,any,tool image,document 1024 adaptive:disabled         1000     128     1  2.2/11/.22/2.75
us.anthropic.claude-fable-5                     converse         y y s auto,any,tool image,document 512  adaptive:impossible       1000     128     1  11/55/1.1/13.75
amazon.nova-micro-v1:0                          converse         y y s auto,any,tool -              1000 none                      128      10      1  .035/.14/.00875/0
amazon.nova-lite-v1:0                           converse         y y s auto,any,tool image,document 1000 none                      300      10      1  .06/.24/.015/0
amazon.nova-pro-v1:0                            converse         y y s auto,any,tool image,document 1000 none                      300      10      1  .8/3.2/.2/0
us.amazon.nova-2-lite-v1:0                      converse         y y s auto,any,tool image,document 1000 nova                      1000     64      1  .33/2.75/.0825/0
amazon.titan-text-lite-v1                       converse         n y n -             document       -    none                      4.096    4.096   1  .15/.2
amazon.titan-text-express-v1                    converse         n y n -             document       -    none                      8.192    4.096   1  .2/.6
amazon.titan-text-premier-v1:0                  converse         n y n -             -              -    none                      32       3.072   1  .5/1.5
meta.llama3-8b-instruct-v1:0                    converse         y n n -             document       -    none                      8.192    2.048   1  .3/.6
meta.llama3-70b-instruct-v1:0                   converse         y n n -             document       -    none                      8.192    2.048   1  2.65/3.5
us.meta.llama3-1-8b-instruct-v1:0               converse         y n w auto          document       -    none                      128      8.192   1  .22/.22
us.meta.llama3-1-70b-instruct-v1:0              converse         y n w auto          document       -    none                      128      8.192   1  .72/.72
meta.llama3-1-405b-instruct-v1:0                converse         y n w auto          document       -    none                      128      8.192   1  2.4/2.4
us.meta.llama3-2-1b-instruct-v1:0               converse         y n n -             document       -    none                      128      8.192   1  .1/.1
us.meta.llama3-2-3b-instruct-v1:0               converse         y n n -             document       -    none                      128      8.192   1  .15/.15
us.meta.llama3-2-11b-instruct-v1:0              converse         y n w auto          image,document -    none                      128      8.192   1  .16/.16
us.meta.llama3-2-90b-instruct-v1:0              converse         y n w auto          image,document -    none                      128      8.192   1  .72/.72
us.meta.llama3-3-70b-instruct-v1:0              converse         y n w auto          document       -    none                      128      8.192   1  .72/.72
us.meta.llama4-scout-17b-instruct-v1:0          converse         y n w auto          image,document -    none                      3500     8.192   1  .17/.66
us.meta.llama4-maverick-17b-instruct-v1:0       converse         y n w auto          image,document -    none                      1000     8.192   1  .24/.97
mistral.mistral-7b-instruct-v0:2                converse         n y n -             document       -    none                      32       8.192   1  .15/.2
mistral.mixtral-8x7b-instruct-v0:1              converse         n y n -             document       -    none                      32       4.096   1  .45/.7
mistral.mistral-small-2402-v1:0                 converse         y y w auto,any      -              -    none                      32       8.192   1  1/3
mistral.mistral-large-2402-v1:0                 converse         y y w auto,any      document       -    none                      32       8.192   1  4/12
mistral.mistral-large-2407-v1:0                 converse         y y w auto,any      document       -    none                      128      8.192   1  2/6
us.mistral.pixtral-large-2502-v1:0              converse         y y w auto          image,document -    none                      128      8.192   1  2/6
cohere.command-r-v1:0                           converse         y y s -             document       -    none                      128      4.096   1  .5/1.5
cohere.command-r-plus-v1:0                      converse         y y s -             document       -    none                      128      4.096   1  3/15
ai21.jamba-1-5-mini-v1:0                        converse         y y s -             document       -    none                      256      4.096   1  .2/.4
ai21.jamba-1-5-large-v1:0                       converse         y y s -             document       -    none                      256      4.096   1  2/8
ai21.jamba-instruct-v1:0                        converse         y y n -             -              -    none                      256      4.096   1  .5/.7
ai21.j2-mid-v1                                  converse         n y n -             -              -    none                      8.191    8.191   1  12.5/12.5
ai21.j2-ultra-v1                                converse         n y n -             -              -    none                      8.191    8.191   1  18.8/18.8
us.deepseek.r1-v1:0                             converse         y n n -             document       -    always:impossible         128      32.768  1  1.35/5.4
global.anthropic.claude-haiku-5-5               converse         y y s auto,any,tool image,document 1024 adaptive:disabled         1000     128     1  .1/.5/.01/.125>100:.5/2.5/.05/.625
us.anthropic.claude-haiku-5-5                   converse         y y s auto,any,tool image,document 1024 adaptive:disabled         1000     128     1  .11/.55/.011/.1375>100:.55/2.75/.055/.6875
global.anthropic.claude-haiku-4-5-20251001-v1:0 converse         y y s auto,any,tool image,document 4096 budget                    200      64      1  1/5/.1/1.25
in.anthropic.claude-haiku-4-5-20251001-v1:0     converse         y y s auto,any,tool image,document 4096 budget                    200      64      1  1.1/5.5/.11/1.375
global.anthropic.claude-opus-5                  converse         y y s auto,any,tool image,document 512  adaptive:disabled         1000     128     1  5/25/.5/6.25
in.anthropic.claude-sonnet-5                    converse         y y s auto,any,tool image,document 1024 adaptive:disabled         1000     128     1  2.2/11/.22/2.75
global.anthropic.claude-sonnet-5-5              converse         y y s auto          image,document 1024 adaptive:between_tools    1000     128     1  2/10/.1/2.5
eu.anthropic.claude-sonnet-5-5                  converse         y y s auto          image,document 1024 adaptive:between_tools    1000     128     1  2.2/11/.11/2.75
jp.anthropic.claude-opus-5-5                    converse         y y s auto          image,document 1024 adaptive:impossible       1000     128     1  4.4/22/.22/5.5
global.anthropic.claude-opus-5-5                converse         y y s auto          image,document 1024 adaptive:impossible       1000     128     1  4/20/.2/5
us.anthropic.claude-fable-5-1                   converse         y y s auto          image,document 1024 adaptive:impossible       1000     128     1  11/55/.275/13.75
global.anthropic.claude-fable-5-2               converse         y y s auto          image,document 1024 adaptive:impossible       1000     128     1  8/40/.2/10
us.anthropic.claude-mythos-5-1                  converse         y y s auto          image,document 1024 adaptive:impossible       1000     128     1  ?
anthropic.claude-mythos-5                       -                y y s auto          image,document 1024 adaptive:impossible       1000     128     1  10/50/1/12.5
anthropic.claude-mythos-preview                 -                y y s auto          image,document 1024 adaptive:impossible       1000     128     1  10/50/1/12.5
eu.amazon.nova-micro-v1:0                       converse         y y s auto,any,tool -              1000 none                      128      10      1  .04/.16/.01/.04
apac.amazon.nova-lite-v1:0                      converse         y y s auto,any,tool image,document 1000 none                      300      10      1  .063/.252/.01575/.063
ca.amazon.nova-lite-v1:0                        converse         y y s auto,any,tool image,document 1000 none                      300      10      1  .064/.256/.016/.064
eu.amazon.nova-pro-v1:0                         converse         y y s auto,any,tool image,document 1000 none                      300      10      1  .92/3.68/.23/.92
global.amazon.nova-2-lite-v1:0                  converse         y y s auto,any,tool image,document 1000 nova                      1000     64      1  .3/2.5/.075/0
jp.amazon.nova-2-lite-v1:0                      converse         y y s auto,any,tool image,document 1000 nova                      1000     64      1  .396/3.311/.099/.396
us.amazon.nova-premier-v1:0                     converse         y y s auto,any,tool image,document 1000 none                      1000     10      1  2.5/12.5/.625/2.5
global.openai.gpt-5.6-luna                      runtime,converse y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 .2/1.2/.02/.25>272:.4/1.8/.04/.5
global.openai.gpt-5.6-sol                       runtime,converse y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 4/20/.4/5>272:8/30/.8/10
global.openai.gpt-5.6-terra                     runtime,converse y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 2/12/.2/2.5>272:4/18/.4/5
global.openai.gpt-6-astra                       runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 10/50/1/12.5>272:20/75/2/25
global.openai.gpt-6-luna                        runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 .1/.5/.01/.125>272:.2/.75/.02/.25
global.openai.gpt-6-sol                         runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 2/10/.2/2.5>272:4/15/.4/5
global.openai.gpt-6.1-sol                       runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 2/10/.1/2.5>272:4/15/.2/5
global.openai.gpt-6.1-terra                     runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 1/5/.05/1.25>272:2/7.5/.1/2.5
global.openai.gpt-6.2-astra                     runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 8/40/.4/10>272:16/60/.8/20
global.openai.gpt-6.2-sol                       runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 2/10/.1/2.5>272:4/15/.2/5
in.openai.gpt-5.6-luna                          runtime,converse y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 .22/1.32/.022/.275>272:.44/1.98/.044/.55
in.openai.gpt-5.6-terra                         runtime,converse y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 2.2/13.2/.22/2.75>272:4.4/19.8/.44/5.5
openai.gpt-5.4                                  mantle           y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 2.75/16.5/.275/0
openai.gpt-5.5                                  mantle           y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 5.5/33/.55/0
openai.gpt-oss-120b                             mantle,converse  y n s -             -              -    effort                    128      16.384  1  .15/.6
openai.gpt-oss-120b-1:0                         converse         y n s -             -              -    effort                    128      16.384  1  .15/.6
openai.gpt-oss-20b                              mantle,converse  y n s -             -              -    effort                    128      16.384  1  .07/.3
openai.gpt-oss-20b-1:0                          converse         y n s -             -              -    effort                    128      16.384  1  .07/.3
openai.gpt-oss-safeguard-120b                   converse         y n s -             -              -    effort                    128      16.384  1  .15/.6
openai.gpt-oss-safeguard-20b                    converse         y n s -             -              -    effort                    128      16.384  1  .07/.2
us-gov.openai.gpt-oss-120b-1:0                  converse         y n s -             -              -    effort                    128      16.384  1  .18/.72
us-gov.openai.gpt-oss-20b-1:0                   converse         y n s -             -              -    effort                    128      16.384  1  .084/.36
us.openai.gpt-5.6-luna                          runtime,converse y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 .22/1.32/.022/.275>272:.44/1.98/.044/.55
us.openai.gpt-5.6-sol                           runtime,converse y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 4.4/22/.44/5.5>272:8.8/33/.88/11
us.openai.gpt-5.6-terra                         runtime,converse y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 2.2/13.2/.22/2.75>272:4.4/19.8/.44/5.5
us.openai.gpt-6-astra                           runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 11/55/1.1/13.75>272:22/82.5/2.2/27.5
us.openai.gpt-6-luna                            runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 .11/.55/.011/.1375>272:.22/.825/.022/.275
us.openai.gpt-6-sol                             runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 2.2/11/.22/2.75>272:4.4/16.5/.44/5.5
us.openai.gpt-6.1-sol                           runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 2.2/11/.11/2.75>272:4.4/16.5/.22/5.5
us.openai.gpt-6.1-terra                         runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 1.1/5.5/.055/1.375>272:2.2/8.25/.11/2.75
us.openai.gpt-6.2-astra                         runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 8.8/44/.44/11>272:17.6/66/.88/22
us.openai.gpt-6.2-sol                           runtime,converse y n s auto,any,tool image          -    effort_object:impossible  1050     128     16 2.2/11/.11/2.75>272:4.4/16.5/.22/5.5
openai.gpt-5.6-cyber                            mantle           y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 13.75/82.5
openai.daybreak-blue                            mantle           y n s auto,any,tool image          -    effort_object:effort_none 1050     128     16 13.75/82.5
global.xai.grok-4.6                             runtime,converse y n s auto,any,tool image          -    effort_object:impossible  500      500     16 2/6/.5/0
us.xai.grok-4.7                                 runtime,converse y n s auto,any,tool image          -    effort_object:impossible  500      500     16 2.2/6.6/.55/0
xai.grok-4.3                                    mantle           y n s auto,any,tool image          -    effort_object:impossible  1000     131.072 16 1.25/2.5/.2/0
google.gemma-4-31b                              mantle           y n s -             image          -    effort_object:effort_none 262.144  32.768  1  .14/.4
google.gemma-4-26b-a4b                          mantle           y n s -             image          -    effort_object:effort_none 262.144  32.768  1  .13/.4
google.gemma-4-e2b                              mantle           y n s -             image          -    effort_object:effort_none 131.072  8.192   1  .04/.08
google.gemma-3-4b-it                            converse         y n s -             image          -    none                      128      8.192   1  .04/.08
google.gemma-3-12b-it                           converse         y n s -             image          -    none                      128      8.192   1  ?
google.gemma-3-27b-it                           converse         y n s -             image          -    none                      128      8.192   1  .23/.38
mistral.devstral-2-123b                         converse         y n s -             -              -    none                      262.144  8.192   1  .4/2
mistral.magistral-small-2509                    converse         y n s -             image          -    always:impossible         128      40      1  .5/1.5
mistral.ministral-3-14b-instruct                converse         y n s -             image          -    none                      128      4.096   1  .2/.2
mistral.ministral-3-3b-instruct                 converse         y n s -             image          -    none                      256      8.192   1  .1/.1
mistral.ministral-3-8b-instruct                 converse         y n s -             image          -    none                      128      4.096   1  .15/.15
mistral.mistral-large-3-675b-instruct           converse         y n s -             image          -    none                      262.144  8.192   1  .5/1.5
mistral.voxtral-mini-3b-2507                    converse         y n s -             -              -    none                      32.768   4.096   1  .04/.04
mistral.voxtral-small-24b-2507                  converse         y n s -             -              -    none                      32.768   8.192   1  .1/.3
deepseek.v3-v1:0                                converse         y n s any           -              -    none                      163.84   81.92   1  .58/1.68
deepseek.v3.2                                   converse         y n s any,tool      -              -    none                      163.84   81.92   1  .62/1.85
global.moonshotai.kimi-k3                       converse,runtime y n s -             image          1024 always:impossible         1048.576 128     1  3/15/.3/3.75
global.moonshotai.kimi-k3.1                     converse,runtime y n s -             image          1024 always:impossible         1048.576 128     1  4/20/.2/5
global.zai.glm-5.3                              converse,runtime y n s -             -              1024 effort:impossible         1000     128     1  1.68/5.28/.312/2.1
minimax.minimax-m2                              converse         y n s -             -              -    always:impossible         204.608  128     1  .3/1.2
minimax.minimax-m2.1                            converse         y n s -             -              -    always:impossible         196.608  131.072 1  .3/1.2
minimax.minimax-m2.5                            converse         y n s -             -              -    always:impossible         196.608  98.304  1  .3/1.2
moonshot.kimi-k2-thinking                       converse         y n s -             -              -    always:impossible         262.144  16      1  .6/2.5
moonshotai.kimi-k2.5                            converse         y n s -             image          -    always:impossible         262.144  16.384  1  .6/3
nvidia.nemotron-nano-12b-v2                     converse         y n s -             image          -    none                      131.072  8.192   1  .2/.6
nvidia.nemotron-nano-3-30b                      converse         y n s -             -              -    always:impossible         262.144  8.192   1  .06/.24
nvidia.nemotron-nano-9b-v2                      converse         y n s -             -              -    none                      131.072  8.192   1  .06/.23
nvidia.nemotron-super-3-120b                    converse         y n s -             -              -    always:impossible         262.144  131.072 1  .15/.65
qwen.qwen3-235b-a22b-2507-v1:0                  converse         y n s -             -              -    none                      262.144  131.072 1  .22/.88
qwen.qwen3-32b-v1:0                             converse         y n s -             -              -    qwen                      32.768   16.384  1  .15/.6
qwen.qwen3-coder-30b-a3b-v1:0                   converse         y n s -             -              -    none                      262.144  131.072 1  .15/.6
qwen.qwen3-coder-480b-a35b-v1:0                 converse         y n s -             -              -    none                      131.072  65.536  1  .45/1.8
qwen.qwen3-coder-next                           converse         y n s -             -              -    none                      262.144  65.536  1  .5/1.2
qwen.qwen3-next-80b-a3b                         converse         y n s -             -              -    none                      262.144  262     1  .15/1.2
qwen.qwen3-vl-235b-a22b                         converse         y n s -             image          -    none                      262.144  262     1  .53/2.66
us.moonshotai.kimi-k3                           converse,runtime y n s -             image          1024 always:impossible         1048.576 128     1  3.3/16.5/.33/4.125
us.moonshotai.kimi-k3.1                         converse,runtime y n s -             image          1024 always:impossible         1048.576 128     1  4.4/22/.22/5.5
us.zai.glm-5.3                                  converse,runtime y n s -             -              1024 effort:impossible         1000     128     1  1.848/5.808/.3432/2.31
writer.palmyra-x4-v1:0                          converse         y n s -             document       -    always:impossible         122.88   8.192   1  2.5/10
writer.palmyra-x5-v1:0                          converse         y n s -             document       -    always:impossible         1040     8.192   1  .6/6
zai.glm-4.7                                     converse         y n s -             -              -    always:impossible         202.752  131.072 1  .6/2.2
zai.glm-4.7-flash                               converse         y n s -             -              -    always:impossible         202.752  131.072 1  .07/.4
zai.glm-5                                       converse         y n s -             -              -    always:impossible         202.752  131.072 1  1/3.2
us.writer.palmyra-vision-7b                     converse         y n n -             image,document -    none                      128      4.096   1  ?
`.trim();

const TOOLS = { streaming: "s", non_streaming: "w", none: "n" };

function described(id: string): string {
  const known = capabilitiesOf(id);
  const yes = (is: boolean) => (is ? "y" : "n");
  const list = (words: readonly string[]) => words.join(",") || "-";
  return [
    id,
    list(
      known.apis.length === 1 && known.apis[0] === "responses"
        ? ["mantle"]
        : known.apis.map((api) => (api === "converse" ? api : known.endpoint)),
    ),
    yes(known.systemPrompt),
    yes(known.stopSequences),
    TOOLS[known.tools],
    list(known.toolChoice),
    list([...(known.images ? ["image"] : []), ...(known.documents ? ["document"] : [])]),
    known.cachePoints.length === 0 ? "-" : known.minCacheTokens,
    known.reasoning + (known.reasoningOff === "omit" ? "" : `:${known.reasoningOff}`),
    known.contextTokens / 1000,
    known.maxOutputTokens / 1000,
    known.minOutputTokens,
  ].join(" ");
}

function readPrice(text: string): TokenPrice {
  const [input = 0, output = 0, cacheRead = input, cacheWrite = input] = text.split("/").map(Number);
  return { input, output, cacheRead, cacheWrite };
}

function publishedPrice(text: string): Price | null {
  if (text === "?") return null;
  const [usual = "", above, long = ""] = text.split(/[>:]/);
  if (above === undefined) return readPrice(usual);
  return { ...readPrice(usual), longContext: { above: Number(above) * 1000, ...readPrice(long) } };
}

for (const line of PUBLISHED.split("\n")) {
  const words = line.split(/\s+/);
  const [id = ""] = words;
  test(`${id} has the published capabilities and price`, () => {
    expect(described(id)).toBe(words.slice(0, -1).join(" "));
    expect(capabilitiesOf(id).price).toEqual(publishedPrice(words.at(-1) ?? ""));
  });
}

test("an inference profile is required where Bedrock refuses the bare id", () => {
  const ids = PUBLISHED.split("\n").map((line) => bareModelId(line.split(/\s+/)[0] ?? ""));
  const needed = [...new Set(ids)].filter((id) => capabilitiesOf(id).profileRequired);
  expect(needed.filter((id) => !/claude|openai/.test(id))).toEqual([
    "amazon.nova-2-lite-v1:0",
    "meta.llama3-2-1b-instruct-v1:0",
    "meta.llama3-2-3b-instruct-v1:0",
    "meta.llama3-2-11b-instruct-v1:0",
    "meta.llama3-2-90b-instruct-v1:0",
    "meta.llama3-3-70b-instruct-v1:0",
    "meta.llama4-scout-17b-instruct-v1:0",
    "meta.llama4-maverick-17b-instruct-v1:0",
    "mistral.pixtral-large-2502-v1:0",
    "deepseek.r1-v1:0",
    "amazon.nova-premier-v1:0",
    "xai.grok-4.6",
    "xai.grok-4.7",
    "moonshotai.kimi-k3",
    "moonshotai.kimi-k3.1",
    "zai.glm-5.3",
  ]);
  expect(needed.filter((id) => id.includes("openai"))).toEqual(
    ids
      .filter((id) => /gpt-(5\.6-(sol|terra|luna)|6)/.test(id))
      .filter((id, at, all) => all.indexOf(id) === at),
  );
  expect(needed).not.toContain("anthropic.claude-3-5-sonnet-20240620-v1:0");
  expect(needed).toContain("anthropic.claude-3-5-sonnet-20241022-v2:0");
});

test("only Jurassic-2 models are called without streaming", () => {
  const nonStreaming = PUBLISHED.split("\n").flatMap((line) => {
    const id = line.split(/\s+/)[0] ?? "";
    return capabilitiesOf(id).streaming ? [] : [id];
  });
  expect(nonStreaming).toEqual(["ai21.j2-mid-v1", "ai21.j2-ultra-v1"]);
});

test("a version newer than the table counts as the newest known family, not as the one with the same prefix", () => {
  const families = [
    "us.anthropic.claude-sonnet-4-7",
    "us.anthropic.claude-sonnet-4-9-20270101-v1:0",
    "us.anthropic.claude-opus-4-10",
    "us.anthropic.claude-sonnet-5-1",
    "us.anthropic.claude-sonnet-4-20250514-v1:0",
    "anthropic.claude-sonnet-4",
    "global.openai.gpt-7-sol",
    "us.xai.grok-4.65",
    "us.zai.glm-5.9",
    "minimax.minimax-m2.7",
    "moonshotai.kimi-k3.2",
    "deepseek.v3.25",
  ].map((id) => capabilitiesOf(id).family);
  expect(families).toEqual([
    "Claude",
    "Claude",
    "Claude",
    "Claude",
    "Claude Sonnet 4",
    "Claude Sonnet 4",
    "GPT",
    "Grok",
    "GLM",
    "MiniMax",
    "Kimi",
    "DeepSeek",
  ]);
});
