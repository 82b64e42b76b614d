"""Words in Chinese text, which has no blanks between them, so that lines need not break inside one.

A short list of everyday words and those of shops, not a dictionary: what is not in it counts as single characters.
"""

# ruff: noqa: RUF001 - letters and marks of other scripts are what this is about

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

_WORDS = frozenset(
    """
    我们 你们 他们 她们 咱们 大家 自己 别人 人们 朋友 好友 家人 孩子 宝宝 妈妈 爸爸 奶奶 爷爷 外婆 外公 老人
    邻居 客人 顾客 会员 老板 店长 店员 师傅 老师 同学 同事 先生 女士 小姐 太太 男生 女生 姐妹 兄弟 哥哥 姐姐
    弟弟 妹妹 情侣 一家 全家 有人 每人 两人 本人 新人 主人 名字 什么 怎么 怎样 这么 那么 多么 为什么 这个
    那个 哪个 这些 那些 哪些 这里 那里 哪里 这儿 那儿 哪儿 这样 那样 这次 那次 每次 这家 那家 每个 每天 每周
    每月 每年 今天 明天 昨天 后天 前天 今晚 明晚 早上 上午 中午 下午 晚上 夜里 半夜 清晨 凌晨 傍晚 周末 周一
    周二 周三 周四 周五 周六 周日 星期 小时 分钟 时候 时间 时光 时刻 日子 生日 节日 假日 春天 夏天 秋天 冬天
    春节 新年 中秋 国庆 圣诞 以前 以后 以来 之前 之后 从前 后来 现在 将来 未来 刚刚 刚才 刚好 正好 已经 曾经
    马上 立刻 立即 随时 随地 一直 一起 一样 一下 一次 一点 一些 一半 一定 一切 一般 一边 一口 一杯 一份 一个
    一位 一天 一年 第一 第二 再来 再次 又是 还有 还是 还要 还会 或者 或是 或许 也许 也会 而且 但是 可是 不过
    只是 只要 只有 只能 因为 所以 如果 要是 虽然 于是 然后 接着 最后 终于 其实 其中 其他 其它 另外 另一
    另一半 除了 关于 对于 由于 为了 通过 经过 根据 按照 没有 不是 不用 不要 不会 不能 不必 不错 不同 不断
    不够 不只 不仅 可以 可能 能够 应该 需要 愿意 想要 希望 喜欢 喜爱 热爱 享受 享用 享有 知道 认识 认为 觉得
    感觉 感受 发现 记得 忘记 相信 明白 了解 来到 出来 进来 回来 过来 起来 上来 下来 出去 进去 回去 过去 看看
    试试 尝尝 听听 走走 坐坐 聊聊 想想 看见 听见 遇见 看到 听到 收到 得到 拿到 找到 开始 结束 继续 停止 完成
    成为 变成 作为 当作 打开 关上 关闭 开门 开店 开业 开张 营业 打烊 关门 准备 安排 预约 预订 预定 订购 购买
    选购 挑选 选择 选好 立场 使用 利用 应用 帮助 帮忙 支持 服务 接待 欢迎 谢谢 感谢 分享 转发 推荐 介绍 邀请
    诚邀 带来 带走 带上 赠送 送给 送你 送出 领取 领到 获得 获赠 兑换 抵用 抵扣 优惠 优惠券 折扣 打折 半价
    特价 原价 价格 价钱 价值 免费 免单 请客 买单 付款 支付 消费 满减 立减 红包 礼物 礼品 礼包 礼券 好礼 奖励
    奖品 奖金 惊喜 积分 分数 点数 余额 会员卡 卡片 优惠卡 礼品卡 代金券 现金 人民币 新币 林吉特 活动 促销 限时
    限量 限定 新品 新店 上新 首单 首次 下单 订单 外卖 外带 自取 堂食 到店 到家 上门 店里 店内 本店 小店 门店
    商店 店铺 书店 花店 餐厅 饭店 饭馆 酒店 酒吧 茶馆 茶室 咖啡 咖啡馆 咖啡店 咖啡豆 拿铁 美式 摩卡 卡布奇诺
    浓缩 手冲 奶茶 奶茶店 红茶 绿茶 乌龙茶 果茶 茶叶 茶杯 牛奶 鲜奶 豆奶 豆浆 燕麦 燕麦奶 椰奶 酸奶 奶油 黄油
    奶酪 芝士 冰淇淋 冰激凌 雪糕 果汁 饮料 饮品 汽水 啤酒 红酒 白酒 香槟 面包 面包房 面包店 面包师 面团 面粉
    面条 烘焙 烘烤 烤箱 烤炉 出炉 刚出炉 炉子 酵母 酵种 发酵 酸种 吐司 蛋糕 蛋糕店 蛋挞 甜点 甜品 点心 早点
    饼干 曲奇 月饼 饺子 包子 馒头 米饭 炒饭 面馆 拉面 火锅 烧烤 烤鸭 烤鱼 牛肉 羊肉 猪肉 鸡肉 鸡蛋 海鲜 蔬菜
    水果 苹果 香蕉 草莓 葡萄 西瓜 芒果 柠檬 橙子 榴莲 豆腐 豆花 沙拉 三明治 汉堡 披萨 薯条 早餐 午餐 晚餐
    下午茶 夜宵 宵夜 套餐 菜单 菜品 招牌 味道 口味 口感 香味 香气 香浓 浓郁 酥脆 外皮 面包皮 表皮 内心 里面
    外面 上面 下面 前面 后面 里边 外边 旁边 隔壁 对面 附近 门口 街角 楼下 楼上 市场 城市 社区 小区 街道 地方
    地址 地图 位置 座位 桌子 小桌 椅子 窗户 窗边 靠窗 灯光 阳光 空气 天气 下雨 雨天 晴天 月亮 太阳 星星 花朵
    鲜花 花束 玫瑰 植物 盆栽 草地 大海 海边 山上 森林 动物 猫咪 小猫 小狗 狗狗 宠物 头发 发型 剪发 理发 染发
    烫发 洗头 护发 美发 美容 美甲 护肤 皮肤 按摩 推拿 足疗 瑜伽 健身 健身房 教练 跑步 游泳 运动 课程 体验
    体验课 上课 培训 学习 学校 书本 图书 文具 衣服 裙子 裤子 鞋子 帽子 包包 首饰 手表 眼镜 手机 电脑 相机
    照片 拍照 电影 音乐 唱歌 歌声 跳舞 游戏 玩具 旅行 旅游 房间 车子 汽车 单车 自行车 维修 修理 清洁 打扫
    洗衣 快递 送货 包装 材料 原料 食材 手工 手作 纯手工 工艺 质量 品质 品牌 老字号 传统 现做 现烤 现磨 现煮
    慢烘 慢煮 慢炖 新鲜 健康 有机 天然 纯正 地道 正宗 经典 独特 特别 特色 专属 专门 专业 精选 精心 用心 认真
    放心 安心 开心 高兴 快乐 幸福 满意 满足 舒服 舒适 温暖 温柔 安静 热闹 热情 简单 方便 容易 困难 重要 漂亮
    美丽 好看 好吃 好喝 好玩 好听 好味 美味 可口 香甜 甜蜜 甜美 干净 整齐 便宜 划算 实惠 超值 很多 许多 不少
    更多 更好 最好 最爱 最新 最近 最多 最少 至少 至多 全部 全场 所有 任何 任意 整个 整整 整天 完整 永远 总是
    经常 常常 有时 偶尔 从来 从不 几乎 大约 大概 左右 差不多 非常 十分 特地 特意 故意 偏偏 居然 竟然 果然
    当然 自然 必须 赶快 赶紧 慢慢 好好 偷偷 悄悄 轻轻 静静 天天 年年 方法 办法 问题 答案 故事 秘密 原因 结果
    机会 心意 心情 梦想 生活 工作 世界 中国 北京 上海 广州 深圳 香港 台湾 台北 新加坡 马来西亚 印尼 泰国 日本
    韩国 英国 美国 法国 意大利 加幼 云南 四川 重庆 成都 杭州 苏州 电话 号码 密码 网站 网页 网络 链接 扫码
    二维码 扫描 点击 按钮 消息 信息 回复 评论 点赞 关注 注册 登录 下载 安装 手续 步骤 规则 条件 说明 详情
    电子 邮件 短信 微信 支付宝 普通 普通人 打动 感动 记住 写上 写下 刻上 烤出 烤好 做好 做出 切片 切开 切好
    错了 对了 好了 够了 完了 走了 为止 切下 掉下 吃掉 喝掉 留下 留着 剩下 剩余 保存 存放 放进 放在 放入 冰箱
    厨房 客厅 家里 家中 家常 回家 在家 出门 路上 路过 顺便 顺路 排队 等候 等待 等着 久等 耐心 细心 小心 当心
    见面 约会 聚会 聚餐 庆祝 祝福 祝贺 恭喜 纪念 纪念日 周年 婚礼 结婚 怀孕 出生 新生儿 毕业 升职 搬家 开学
    放假 加班 下班 上班 通勤 休息 睡觉 起床 噼啪 噼啪声 声音 天鹅 罐子 一罐 一勺 喂养 养了 早晨 五点 六点
    七点 八点 九点 十点 提前 推迟 之内 以内 以上 以下 之间 中间 其余 一次性 裂开 裂缝 小窗 变凉 想吃 想喝
    会唱歌 有趣 好奇 固执 借来 赶来 舍得 舍不得 来得及 来不及 对不起 没关系 我們 你們 他們 她們 這個 那個 這裡
    那裡 這裏 那裏 為什麼 什麼 怎麼 這麼 那麼 時間 時候 邀請 介紹 優惠 優惠券 積分 麵包 麵包店 點心 歡迎 謝謝
    贈送 領取 獲得 兌換 開始 結束 認識 覺得 喜歡 發現 還有 還是 沒有 不過 因為 現在 已經 剛剛 一個 一點 一樣
    禮物 驚喜 體驗 會員
    """.split()  # noqa: SIM905 -- as a list it would be a thousand lines
)
_LONGEST = max(map(len, _WORDS))

_CHARACTER = r"[\u3400-\u9fff\uf900-\ufaff]"
_NUMBER = r"(?:\d[\d.,]*%?|[〇零一二三四五六七八九十百千万亿两半几数第]+)"
_TOGETHER = re.compile(
    rf"{_NUMBER}\s?(?!\d){_CHARACTER}"  # a number and what it counts
    r"|[「『《〈“‘][^「『《〈“‘」』》〉”’]{1,8}[」』》〉”’]"  # a term in quotation marks
)
_NAME = re.compile(r"ps|s[scf]{1,2}|f{2,6}")
_BEFORE_SURNAMES = frozenset("小老阿大")
_CLINGS_BACK = frozenset("的了着过们吗呢吧啊呀哦嘛得地們嗎過著")
_CLINGS_ON = frozenset("不没很太最更每各被把让请沒讓請")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊"
    "秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蔣葉蘇魏呂盧鍾譚陸賈韋鄒閻龍賀顧龔錢嚴湯"
)
_IN_FOREIGN_NAMES = frozenset("娜妮莉丽麗雅娅婭玛瑪米艾安尼斯特尔爾拉罗羅里克德维維伊卡琳蒂丹迪萨薩贝貝洛奥奧")


def list_words(text: str, terms: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
    """Where something begins and ends that a line should not break: words, numbers with their measure, quoted terms.

    Also the given terms. What they share or touch in their middles is theirs together; single characters are left out.
    """
    inside = {at for start, end in _list_spans(text, terms) for at in range(start + 1, end)}
    start = 0
    for at in range(1, len(text) + 1):
        if at not in inside:
            if at - start > 1:
                yield start, at
            start = at


def _list_spans(text: str, terms: Sequence[str]) -> Iterator[tuple[int, int]]:
    for term in filter(None, terms):
        yield from (match.span() for match in re.finditer(re.escape(term), text))
    yield from (match.span() for match in _TOGETHER.finditer(text))
    words = _find_words(text)
    yield from _cling(text, words)
    yield from _guess_names(words)


def _cling(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Words of several characters, and particles with the word they belong to."""
    for end, word in zip(accumulate(map(len, words)), words, strict=True):
        start = end - len(word)
        if len(word) > 1:
            yield start, end
        elif word in _CLINGS_BACK and start:
            yield start - 1, end
        elif word in _CLINGS_ON and end < len(text):
            yield start, end + 1


def _guess_names(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """A surname and the one or two characters after it that are no words; foreign names by what they are written with."""
    marks = "".join(_tell_kind(word) * len(word) for word in words)
    yield from (match.span() for match in _NAME.finditer(marks))


def _tell_kind(word: str) -> str:
    if len(word) > 1 or word in _CLINGS_BACK | _CLINGS_ON or not re.match(_CHARACTER, word):
        return "-"
    if word in _BEFORE_SURNAMES:
        return "p"
    return "f" if word in _IN_FOREIGN_NAMES else "s" if word in _SURNAMES else "c"


def _find_words(text: str) -> list[str]:
    """The text in as few words as it can be read in, long ones rather than even ones; single characters are words too."""
    best: list[tuple[int, int, str]] = [
        (0, 0, "")
    ]  # words so far, minus the sum of their squared lengths, the last one
    for end in range(1, len(text) + 1):
        last = [text[start:end] for start in range(max(0, end - _LONGEST), end)]
        ways = [(best[end - len(word)], word) for word in last if len(word) == 1 or word in _WORDS]
        best.append(min((count + 1, weight - len(word) ** 2, word) for (count, weight, _), word in ways))
    words: list[str] = []
    at = len(text)
    while at:
        words.append(best[at][2])
        at -= len(best[at][2])
    return words[::-1]
